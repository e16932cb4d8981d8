/** @module Audit files as they are written: order, rotation, sharing, what is there already, and a disk that takes no more. */
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maxRecordBytes, maxWaiting } from '../../../src/adapters/audit/record-queue.ts';
import { verifyChain } from '../../../src/adapters/audit/verify.ts';
import type { AuditFileOptions } from '../../../src/spi/audit.ts';
import { auditFilesIn, fileOptions, numbered, unchained } from '../../support/audit-files.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';

let folder: string;
let clock: FakeClock;
let home: ReturnType<typeof auditFilesIn>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-chain-'));
  clock = createFakeClock();
  home = auditFilesIn(folder, clock);
});
afterEach(() => rm(folder, { recursive: true }));

const unavailable = { code: 'ERR_AUDIT_UNAVAILABLE' };
const open = (more: Partial<AuditFileOptions> = {}) => home.files.open('audit.jsonl', { ...fileOptions, ...more });
const verify = () => verifyChain('audit.jsonl', home.chain);

async function write(texts: readonly string[], more: Partial<AuditFileOptions> = {}): Promise<void> {
  const file = await open(more);
  for (const text of texts) await file.append(text);
  await file.close();
}

/** Records that know when they were written. */
const dated = (count: number) =>
  numbered(count).map((text) => JSON.stringify({ at: clock.now(), ...JSON.parse(text) }));

/** What is in all files, oldest first. */
async function everything(): Promise<readonly string[]> {
  const texts = await Promise.all((await verify()).files.map((name) => readFile(join(home.logFolder, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').slice(0, -1)).map(unchained);
}

describe('an audit file', () => {
  it('may be read by its owner only', async () => {
    await write(numbered(1));
    expect((await stat(home.path)).mode & 0o777).toBe(0o600);
  });

  it.each(['every-record', 'interval', 'never'] as const)(
    'has a record when the append resolves (durable: %s)',
    async (durability) => {
      const file = await open({ durability });
      await file.append('{"n":1}');
      expect((await home.lines()).map(unchained)).toEqual(['{"n":1}']);
      await file.close();
    },
  );

  it('goes to the disk once in an interval, however many records come', async () => {
    const file = await open({ durability: 'interval' });
    for (const text of numbered(3)) await file.append(text);
    expect(clock.pendingTimers()).toBe(1);
    await file.close();
    expect(clock.pendingTimers()).toBe(0);
  });

  it('has concurrent records in their order', async () => {
    const file = await open();
    await Promise.all(numbered(1000).map((text) => file.append(text)));
    await file.close();
    expect((await home.lines()).map(unchained)).toEqual(numbered(1000));
    expect(await verify()).toMatchObject({ records: 1000, findings: [] });
  });

  it('finishes waiting records before it closes', async () => {
    const file = await open();
    const appended = numbered(2).map((text) => file.append(text));
    await file.close();
    await Promise.all(appended);
    expect(await home.lines()).toHaveLength(2);
  });

  it.each(['{"a":"b\nc"}', '{"a":"b\rc"}', 'x'.repeat(maxRecordBytes + 1)])(
    'refuses a record that is none (%#)',
    async (text) => {
      const file = await open();
      await expect(file.append(text)).rejects.toMatchObject(unavailable);
      await file.close();
    },
  );

  it('refuses a record when too many wait', async () => {
    const file = await open();
    const results = await Promise.allSettled(Array.from({ length: maxWaiting + 2 }, () => file.append('{"n":1}')));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(2);
    await file.close();
  });

  it('refuses a record when it is closed', async () => {
    const file = await open();
    await file.close();
    await expect(file.append('{}')).rejects.toMatchObject(unavailable);
  });

  it('lies in the log folder', async () => {
    for (const path of ['../x', '/etc/x', '.', 'a/../../x']) {
      await expect(home.files.open(path, fileOptions)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    }
  });

  it('is one chain for two domains that write into it, until both have closed it', async () => {
    const [one, two] = await Promise.all([open(), home.files.open('./audit.jsonl', fileOptions)]);
    await Promise.all([one.append('{"n":1}'), two.append('{"n":2}'), one.append('{"n":3}')]);
    await one.close();
    await expect(one.append('{"n":4}')).rejects.toMatchObject(unavailable);
    await two.append('{"n":5}');
    await two.close();
    expect((await home.lines()).map(unchained)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}', '{"n":5}']);
    expect(await verify()).toMatchObject({ records: 4, findings: [] });
  });

  it('is not opened with different options at a time', async () => {
    const file = await open();
    await expect(open({ maxFiles: 2 })).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    await file.close();
  });

  it('goes on with its chain after a restart', async () => {
    await write(numbered(2));
    await write(numbered(2, 3));
    expect(await verify()).toMatchObject({ from: 1, to: 4, findings: [], notes: [] });
  });
});

describe('rotation', () => {
  it('begins a new file before one gets too large, and the chain goes on', async () => {
    await write(numbered(100), { rotateBytes: 4096 });
    const { files, findings } = await verify();
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect((await stat(join(home.logFolder, file))).size).toBeLessThanOrEqual(4096);
    expect(findings).toEqual([]);
    expect(await everything()).toEqual(numbered(100));
  });

  it('does so in the middle of many records at once', async () => {
    const file = await open({ rotateBytes: 4096 });
    await Promise.all(numbered(60).map((text) => file.append(text)));
    await file.close();
    expect(await verify()).toMatchObject({ records: 60, findings: [] });
    expect(await everything()).toEqual(numbered(60));
  });

  it.each([
    ['hour', 3_600_000],
    ['day', 86_400_000],
  ] as const)('begins a new file with each %s', async (rotateEvery, ms) => {
    const file = await open({ rotateEvery });
    await file.append('{"n":1}');
    await file.append('{"n":2}');
    clock.advance(ms);
    await file.append('{"n":3}');
    await file.close();
    expect((await home.lines()).map(unchained)).toEqual(['{"n":3}']);
    expect(await verify()).toMatchObject({ records: 3, findings: [] });
  });

  it('keeps so many earlier files, and the chain begins with the oldest of them', async () => {
    await write(numbered(200), { rotateBytes: 4096, maxFiles: 2 });
    const { files, findings, from } = await verify();
    expect(files).toHaveLength(3);
    expect(from).toBeGreaterThan(1);
    expect(findings).toEqual([]);
  });

  it('keeps earlier files so many days after their last record', async () => {
    await write(dated(40), { rotateBytes: 4096 });
    clock.advance(8 * 86_400_000);
    await write(dated(1), { rotateBytes: 4096, maxAgeDays: 7 });
    expect(await readdir(home.logFolder)).toEqual(['audit.jsonl']);
    expect((await verify()).findings).toEqual([]);
  });

  it('gives up no record for files that somebody else has put there', async () => {
    const file = await open({ rotateBytes: 4096, maxFiles: 3 });
    for (const text of numbered(60)) await file.append(text);
    const { from, files } = await verify();
    const copied = await readFile(join(home.logFolder, files[0] ?? ''));
    const planted = [0, 1, 2, 3].map((second) => join(home.logFolder, `audit.20990101T00000${second}Z.jsonl`));
    const [folderPlanted = '', ...filesPlanted] = planted;
    await mkdir(folderPlanted);
    for (const [index, path] of filesPlanted.entries()) await writeFile(path, ['garbage\n', '', copied][index] ?? '');
    for (const text of numbered(20, 61)) await file.append(text);
    await file.close();
    for (const path of planted) await rm(path, { recursive: true });
    expect(await verify()).toMatchObject({ from, to: 80, findings: [] });
  });

  it('gives up no record because somebody else has changed the date of its file', async () => {
    await write(dated(40), { rotateBytes: 4096 });
    for (const name of await readdir(home.logFolder)) await utimes(join(home.logFolder, name), 0, 0);
    await write(dated(1), { rotateBytes: 4096, maxAgeDays: 7 });
    expect(await verify()).toMatchObject({ records: 41, from: 1, findings: [] });
  });
});

describe('what was there before', () => {
  it('is set aside when it is no chain', async () => {
    await mkdir(home.logFolder);
    await writeFile(home.path, '{"n":0}\n');
    await write(numbered(1));
    expect((await home.lines()).map(unchained)).toEqual(['{"n":1}']);
    const [aside = ''] = (await readdir(home.logFolder)).filter((name) => name.startsWith('audit-unchained.'));
    expect(await home.lines(aside)).toEqual(['{"n":0}']);
    expect((await verify()).findings).toEqual([]);
  });

  it('is vouched for by the next record when a crash cut it off', async () => {
    await write(numbered(2));
    await appendFile(home.path, '{"n":3,"ch');
    expect((await verify()).findings).toMatchObject([{ line: 3, problem: expect.stringContaining('no whole record') }]);
    await write(['{"n":4}']);
    expect(await verify()).toMatchObject({
      records: 3,
      findings: [],
      notes: [{ file: 'audit.jsonl', line: 3, problem: expect.stringContaining('cut off by a crash') }],
    });
  });

  it('shows as missing when it was removed while the server was down', async () => {
    await write(numbered(3));
    const [first = ''] = await home.lines();
    await truncate(home.path, Buffer.byteLength(first) + 1);
    await write(['{"n":4}']);
    expect((await verify()).findings).toEqual([
      { file: 'audit.jsonl', line: 2, problem: 'records 2 to 3 are missing before it' },
    ]);
  });

  it('goes on without a checkpoint, and says so', async () => {
    await write(numbered(2));
    await unlink(join(home.checkpointFolder, 'audit.jsonl.checkpoint'));
    await write(['{"n":3}']);
    expect(await verify()).toMatchObject({
      records: 3,
      findings: [{ line: 3, problem: 'found no checkpoint to go on from: records before it may be missing' }],
    });
  });

  it('goes on from the earlier file when a crash came between two files', async () => {
    await write(numbered(2));
    await rename(home.path, join(home.logFolder, 'audit.20260101T000000Z.jsonl'));
    await unlink(join(home.checkpointFolder, 'audit.jsonl.checkpoint'));
    await write(['{"n":3}']);
    const lost = { file: 'audit.jsonl', line: 1, problem: expect.stringContaining('no checkpoint to go on from') };
    expect(await verify()).toMatchObject({ from: 1, to: 3, findings: [lost] });
  });
});

describe('a file that somebody else touches', () => {
  it('begins anew when it was moved away, as logrotate does', async () => {
    const file = await open();
    await file.append('{"n":1}');
    await rename(home.path, join(home.logFolder, 'audit.20260101T000000Z.jsonl'));
    await file.append('{"n":2}');
    await file.close();
    expect((await home.lines()).map(unchained)).toEqual(['{"n":2}']);
    expect(await verify()).toMatchObject({ records: 2, findings: [] });
  });

  it('goes on when it was emptied, and what is missing shows', async () => {
    const file = await open();
    await file.append('{"n":1}');
    await truncate(home.path);
    await file.append('{"n":2}');
    await file.close();
    expect((await verify()).findings).toMatchObject([{ line: 1, problem: 'record 1 is missing before it' }]);
  });
});
