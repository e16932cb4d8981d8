/** @module `gatehouse explain`: a decision of the audit log in words. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAuditRecord } from '../../src/wire/audit/record.ts';
import { auditEvent } from '../conformance/audit-provider.ts';
import { decisionTrace, moduleStep } from '../support/decision-trace.ts';
import { gatehouse } from '../support/gatehouse-command.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

const id = '01KE000000000000000000000A';
const login = auditEvent({ id: '01KE000000000000000000000B', trace: decisionTrace({ id, modules: [moduleStep()] }) });
const ended = auditEvent({ id: '01KE000000000000000000000C', type: 'session-ended', principal: 'eric\u001b[2J' });

let home: TempFolder;
beforeAll(async () => {
  home = await makeTempFolder('explain');
  await mkdir(join(home.path, 'log'));
  await writeFile(join(home.path, 'log', 'audit.jsonl'), `${buildAuditRecord(login)}\n`);
  await writeFile(join(home.path, 'log', 'domain.jsonl'), `${buildAuditRecord(ended)}\n`);
});
afterAll(() => home.remove());

const explain = (...args: readonly string[]) => gatehouse('explain', '--home', home.path, ...args);

describe('gatehouse explain', () => {
  it('prints a decision with its modules and the rule that decided', async () => {
    const { code, stdout } = await explain(id);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Decision ${id}: denied\n`));
    expect(stdout).toMatch(/decided by +required UsersRoles failed/);
    expect(stdout).toMatch(/1\. +required +UsersRoles +succeeded .*gatehouse\.yaml:12/);
  });

  it('reads several files, packed ones among them', async () => {
    const packed = join(home.path, 'old.jsonl.gz');
    await writeFile(packed, gzipSync(`${buildAuditRecord(login)}\n`));
    const other = join(home.path, 'log', 'domain.jsonl');
    expect(await explain(id, '--file', other, '--file', packed)).toMatchObject({ code: 0 });
  });

  it('ends with 3 on a packed file that is none', async () => {
    const packed = join(home.path, 'bad.jsonl.gz');
    await writeFile(packed, 'plain');
    expect(await explain(id, '--file', packed)).toMatchObject({ code: 3 });
  });

  it('says what followed from a login, and from which login a refusal followed', async () => {
    const refusal = auditEvent({
      id: '01KE000000000000000000000D',
      type: 'authorization',
      outcome: 'failure',
      decision: id,
    });
    const file = join(home.path, 'both.jsonl');
    await writeFile(file, `${buildAuditRecord(login)}\n${buildAuditRecord(refusal)}\n`);
    expect((await explain(id, '--file', file)).stdout).toContain(`  ${refusal.id}  authorization, failure`);
    expect((await explain(refusal.id, '--file', file)).stdout).toContain(
      `It follows from this login:\n\nDecision ${id}`,
    );
  });

  it('takes the id in small letters', async () => {
    expect(await explain(id.toLowerCase())).toMatchObject({ code: 0, stdout: expect.stringContaining(id) });
  });

  it('prints an event without a decision, from any audit file of the home', async () => {
    const { code, stdout } = await explain(ended.id);
    expect(code).toBe(0);
    expect(stdout).toContain('session-ended');
    expect(stdout).not.toContain('\u001b');
  });

  it('prints the record as it was written with --json', async () => {
    const { stdout } = await explain(id, '--json');
    expect(JSON.parse(stdout)).toEqual({ ...login, time: expect.any(String) });
  });

  it('ends with 1 when there is no such decision', async () => {
    const { code, stdout, output } = await explain('01KE00000000000000000000ZZ');
    expect([code, stdout]).toEqual([1, '']);
    expect(output).toContain('no decision 01KE00000000000000000000ZZ');
  });

  it.each([[[]], [['short']], [[id, id]], [['01KE0000000000000000000UUU']]])('ends with 2 on %j', async (args) => {
    expect(await explain(...args)).toMatchObject({ code: 2, stdout: '' });
  });
});
