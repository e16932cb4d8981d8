/** @module Finding a record in an audit file, whatever else is in it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditFiles, findAuditEvent } from '../../src/adapters/audit-log-reader.ts';
import type { AuditEvent } from '../../src/spi/audit.ts';
import { buildAuditRecord } from '../../src/wire/audit/record.ts';
import { auditEvent } from '../conformance/audit-provider.ts';
import { decisionTrace } from '../support/decision-trace.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-audit-reader-'));
});
afterAll(() => rm(folder, { recursive: true }));

const id = '01KE000000000000000000000A';
const other = '01KE000000000000000000000B';

async function found(lines: readonly string[], wanted = id): Promise<AuditEvent | undefined> {
  const path = join(folder, 'audit.jsonl');
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  return (await findAuditEvent([path], wanted))?.event;
}

describe('an audit record', () => {
  it('is found by its id', async () => {
    expect(
      await found([buildAuditRecord(auditEvent({ id: other })), buildAuditRecord(auditEvent({ id }))]),
    ).toMatchObject({
      id,
    });
  });

  it('is found by the id of its decision', async () => {
    const event = auditEvent({ id: other, trace: decisionTrace({ id }) });
    expect(await found([buildAuditRecord(event)])).toEqual({ ...event, time: expect.any(String) });
  });

  it('is not one that only mentions the id', async () => {
    expect(await found([buildAuditRecord(auditEvent({ id: other, decision: id, principal: id }))])).toBeUndefined();
  });

  it('is the last of many', async () => {
    const lines = ['one', 'two'].map((principal) => buildAuditRecord(auditEvent({ id, principal })));
    expect(await found(lines)).toMatchObject({ principal: 'two' });
  });

  it('is found behind a line that a crash has cut off', async () => {
    const line = buildAuditRecord(auditEvent({ id }));
    expect(await found([line.slice(0, line.length / 2), line])).toMatchObject({ id });
  });

  it('is not the line that was cut off', async () => {
    expect(await found([`{"id":"${id}","at":1`])).toBeUndefined();
  });

  it('cannot be looked for in a file that is not there', async () => {
    await expect(findAuditEvent([join(folder, 'none')], id)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });
});

describe('the audit files of a folder', () => {
  it('are all that end as such, also deeper, sorted', async () => {
    const log = join(folder, 'log');
    await mkdir(join(log, 'deep'), { recursive: true });
    const names = ['b.jsonl', 'a.jsonl', 'server.log', join('deep', 'c.jsonl')];
    await Promise.all(names.map((name) => writeFile(join(log, name), '')));
    expect(await auditFiles(log)).toEqual(['a.jsonl', 'b.jsonl', 'deep/c.jsonl'].map((name) => join(log, name)));
  });

  it('cannot be listed where there is no folder', async () => {
    await expect(auditFiles(join(folder, 'none'))).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });
});
