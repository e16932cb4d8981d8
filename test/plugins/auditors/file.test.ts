/** @module Audit provider File: JSON lines in a real file. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendOnlyFiles } from '../../../src/adapters/append-only-file.ts';
import { buildAuditLine, fileAudit } from '../../../src/plugins/auditors/file.ts';
import { auditEvent, auditProviderConformance } from '../../conformance/audit-provider.ts';

let folder: string;
let opened = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-audit-'));
});
afterAll(() => rm(folder, { recursive: true }));

for (const durable of [false, true]) {
  auditProviderConformance(`File (durable ${durable})`, async () => {
    opened += 1;
    const path = `audit-${opened}.jsonl`;
    const provider = await fileAudit.create({ path, durable }, appendOnlyFiles(folder));
    return {
      provider,
      records: async () => (await readFile(join(folder, path), 'utf8')).split('\n').slice(0, -1),
    };
  });
}

describe('File', () => {
  it('begins a record with the time that a person can read', () => {
    expect(buildAuditLine(auditEvent())).toMatch(/^\{"time":"2026-01-01T00:00:00\.000Z","id":/);
  });

  it('cannot be given a path outside the log folder', async () => {
    for (const path of ['../x', '/etc/x', '.', 'a/../../x']) {
      await expect(fileAudit.create({ path }, appendOnlyFiles(folder))).rejects.toMatchObject({
        code: 'ERR_CONFIG_INVALID',
      });
    }
  });
});
