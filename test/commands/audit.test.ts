/** @module `gatehouse audit`: verify, tail and find, as a person runs them. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuditFiles } from '../../src/adapters/audit/audit-files.ts';
import { systemClock, systemTimers } from '../../src/adapters/system-clock.ts';
import { Secret } from '../../src/spi/secret.ts';
import { buildAuditRecord } from '../../src/wire/audit/record.ts';
import { auditEvent } from '../conformance/audit-provider.ts';
import { fileOptions, silentLogger } from '../support/audit-files.ts';
import { gatehouse } from '../support/gatehouse-command.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

const events = [
  auditEvent({ id: '01KE0000000000000000000001', principal: 'alice' }),
  auditEvent({ id: '01KE0000000000000000000002', principal: 'Eric', outcome: 'success', at: 1_767_312_000_000 }),
  auditEvent({
    id: '01KE0000000000000000000003',
    type: 'session-begun',
    principal: 'eric',
    outcome: 'success',
    at: 1_767_312_001_000,
  }),
  auditEvent({
    id: '01KE0000000000000000000004',
    principal: 'mallory\n\u001b[2J\u202e outcome=success',
    at: 1_767_398_400_000,
  }),
];

let home: TempFolder;
let log: string;
let original: string;
beforeAll(async () => {
  home = await makeTempFolder('audit-command');
  const keys = join(home.path, 'data', 'keys');
  await mkdir(keys, { recursive: true });
  await writeFile(join(keys, 'audit.key'), `${'07'.repeat(32)}\n`);
  const files = createAuditFiles({
    logFolder: join(home.path, 'log'),
    checkpointFolder: join(home.path, 'data', 'audit'),
    key: new Secret<Uint8Array>(new Uint8Array(32).fill(7)),
    clock: systemClock,
    timers: systemTimers,
    logger: silentLogger,
  });
  const file = await files.open('audit.jsonl', fileOptions);
  for (const event of events) await file.append(buildAuditRecord(event));
  await file.close();
  log = join(home.path, 'log', 'audit.jsonl');
  original = await readFile(log, 'utf8');
});
afterAll(() => home.remove());

const audit = (...args: readonly string[]) => gatehouse('audit', ...args, '--home', home.path);

async function withLog<T>(text: string, work: () => Promise<T>): Promise<T> {
  await writeFile(log, text);
  try {
    return await work();
  } finally {
    await writeFile(log, original);
  }
}

describe('gatehouse audit verify', () => {
  it('ends with 0 when the log is whole', async () => {
    expect(await audit('verify')).toMatchObject({
      code: 0,
      stdout: 'audit.jsonl: whole (4 records, 1 to 4, 1 file)\n',
    });
  });

  it('ends with 1 and names file and line when a line was altered', async () => {
    const { code, stdout } = await withLog(original.replace('"principal":"Eric"', '"principal":"Erik"'), () =>
      audit('verify'),
    );
    expect(code).toBe(1);
    expect(stdout).toContain('audit.jsonl: NOT WHOLE');
    expect(stdout).toContain('  audit.jsonl:2  was altered: its seal does not fit\n');
  });

  it('finds that the last line was removed', async () => {
    const { code, stdout } = await withLog(`${original.split('\n').slice(0, 3).join('\n')}\n`, () =>
      audit('verify', '--json'),
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      whole: false,
      chains: [
        { name: 'audit.jsonl', findings: [{ file: 'audit.jsonl', line: 3, problem: 'record 4 is missing after it' }] },
      ],
    });
  });

  it('finds that a checkpoint was removed', async () => {
    const checkpoint = join(home.path, 'data', 'audit', 'audit.jsonl.checkpoint');
    await rename(checkpoint, `${checkpoint}.away`);
    const { code, stdout } = await audit('verify');
    await rename(`${checkpoint}.away`, checkpoint);
    expect([code, stdout]).toEqual([1, expect.stringContaining('audit.jsonl: NOT WHOLE')]);
  });

  it('looks at a file elsewhere, as far as it tells', async () => {
    const { code, stdout } = await audit('verify', '--file', log);
    expect([code, stdout]).toEqual([0, expect.stringContaining('whole, as far as these files can tell')]);
  });

  it('ends with 3 when there is nothing to ask', async () => {
    expect(await audit('verify', '--file', join(home.path, 'none'))).toMatchObject({ code: 3 });
    const empty = await makeTempFolder('no-home');
    expect(await gatehouse('audit', 'verify', '--home', empty.path)).toMatchObject({ code: 3 });
    await empty.remove();
  });
});

describe('gatehouse audit find', () => {
  const found = async (...args: readonly string[]) => {
    const { stdout } = await audit('find', '--json', ...args);
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).id.slice(-1));
  };

  it.each([
    [
      ['--user', 'ERIC'],
      ['2', '3'],
    ],
    [['--type', 'login', '--outcome', 'success'], ['2']],
    [
      ['--since', '2026-01-02'],
      ['2', '3', '4'],
    ],
    [['--since', '2026-01-02T00:00:01Z', '--until', '2026-01-02T12:00:00Z'], ['3']],
    [['--domain', 'other', '--limit', '1'], ['1']],
    [['--since', '1s'], []],
  ])('finds by %j', async (filters, ids) => {
    expect(await found(...filters)).toEqual(ids);
  });

  it('ends with 1 when there is nothing', async () => {
    expect(await audit('find', '--user', 'nobody')).toMatchObject({ code: 1, stdout: '' });
  });

  it('prints one plain line of a record, whatever the name', async () => {
    const { stdout } = await audit('find', '--since', '2026-01-03');
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stdout.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(stdout).toContain('principal="mallory\\n\\u001b[2J\\u{202e} outcome=success"');
  });
});

describe('gatehouse audit tail', () => {
  it('prints the last records, oldest first', async () => {
    const { code, stdout } = await audit('tail', '--lines', '2', '--json');
    expect([code, stdout]).toEqual([0, `${original.split('\n').slice(2, 4).join('\n')}\n`]);
  });

  it('goes on past a line that is no record', async () => {
    await withLog(`${original}5\n{"half`, async () => {
      expect((await audit('tail', '--lines', '1')).stdout).toContain('mallory');
    });
  });
});

it.each([
  [[]],
  [['guess']],
  [['tail', '--lines', '0']],
  [['find', '--since', 'yesterday']],
  [['find', '--type', 'guess']],
  [['find', '--outcome', 'maybe']],
  [['verify', '--guess']],
])('gatehouse audit %j ends with 2', async (args) => {
  expect(await gatehouse('audit', ...args)).toMatchObject({ code: 2, stdout: '' });
});
