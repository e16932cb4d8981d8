/** @module The clinic says of every hostile message what the doors of the running server say of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { gatehouse } from '../support/gatehouse-command.ts';
import { createWorkshop } from '../support/saml-corpus/workshop.ts';
import { doorBatch } from '../support/saml-doors/batch.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-clinic-doors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('as expected, in one batch', async () => {
  const { metadata, lines } = await doorBatch(createWorkshop(Date.now()));
  writeFileSync(join(folder, 'partners.xml'), metadata);
  writeFileSync(join(folder, 'cases.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
  const { code, output } = await gatehouse('saml-check', '--batch', join(folder, 'cases.jsonl'));
  const verdicts = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(verdicts.filter(({ asExpected }) => asExpected !== true)).toEqual([]);
  expect([code, verdicts.length]).toEqual([0, lines.length]);
  expect(lines.length).toBeGreaterThan(700);
});
