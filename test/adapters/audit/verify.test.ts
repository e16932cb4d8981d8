/** @module Any single change of a chain is found, whatever it is and wherever it is made. */
import { mkdtemp, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyChain, verifyFiles } from '../../../src/adapters/audit/verify.ts';
import { Secret } from '../../../src/spi/secret.ts';
import { chainRecord } from '../../../src/wire/audit/chain.ts';
import { auditFilesIn, chainKey, fileOptions, numbered } from '../../support/audit-files.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const records = 40;
let folder: string;
let home: ReturnType<typeof auditFilesIn>;
let files: readonly string[];
const originals = new Map<string, Buffer>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-verify-'));
  home = auditFilesIn(folder, createFakeClock());
  const file = await home.files.open('audit.jsonl', { ...fileOptions, rotateBytes: 4096 });
  for (const text of numbered(records - 1)) await file.append(text);
  await file.append('{"n":"\u00fc\ufffd"}');
  await file.close();
  files = (await verify()).files;
  for (const name of files) originals.set(name, await readFile(join(home.logFolder, name)));
});
afterAll(() => rm(folder, { recursive: true }));

const verify = () => verifyChain('audit.jsonl', home.chain);

async function findingsAfter(name: string, changed: Buffer) {
  const path = join(home.logFolder, name);
  await writeFile(path, changed);
  try {
    return (await verify()).findings;
  } finally {
    await writeFile(path, originals.get(name) ?? '');
  }
}

/** Positions as fractions, so that they fit any file. */
const mutation = fc.record({
  file: fc.nat(),
  at: fc.nat(),
  other: fc.nat(),
  kind: fc.constantFrom(
    'remove line',
    'swap lines',
    'repeat line',
    'insert text',
    'alter byte',
    'remove byte',
    'insert byte',
    'cut',
  ),
  byte: fc.integer({ min: 1, max: 255 }),
  text: fc.string({ minLength: 1 }),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutated(original: Buffer, { at, other, kind, byte, text }: Mutation): Buffer {
  const lines = original.toString('latin1').split('\n').slice(0, -1);
  const [line, second] = [at % lines.length, other % lines.length];
  const joined = (changed: readonly string[]) => Buffer.from(changed.map((one) => `${one}\n`).join(''), 'latin1');
  const place = at % original.length;
  switch (kind) {
    case 'remove line':
      return joined(lines.toSpliced(line, 1));
    case 'swap lines':
      return joined(lines.with(line, lines[second] ?? '').with(second, lines[line] ?? ''));
    case 'repeat line':
      return joined(lines.toSpliced(second, 0, lines[line] ?? ''));
    case 'insert text':
      return joined(lines.toSpliced(line, 0, Buffer.from(text).toString('latin1')));
    case 'alter byte':
      return Buffer.from(original.map((one, index) => (index === place ? one ^ byte : one)));
    case 'remove byte':
      return Buffer.concat([original.subarray(0, place), original.subarray(place + 1)]);
    case 'insert byte':
      return Buffer.concat([original.subarray(0, place), Buffer.of(byte), original.subarray(place)]);
    case 'cut':
      return original.subarray(0, place);
  }
}

describe('verifying a chain', () => {
  it('finds nothing where nobody changed anything', async () => {
    expect(files.length).toBeGreaterThan(1);
    expect(await verify()).toMatchObject({
      records,
      from: 1,
      to: records,
      findings: [],
      notes: [],
      hasCheckpoint: true,
    });
  });

  it('finds any single change', async () => {
    await fc.assert(
      fc.asyncProperty(mutation, async (change) => {
        const name = files[change.file % files.length] ?? '';
        const original = originals.get(name) ?? Buffer.alloc(0);
        const changed = mutated(original, change);
        fc.pre(!changed.equals(original));
        expect(await findingsAfter(name, changed)).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [
      'altered',
      (lines: string[]) => lines.with(4, (lines[4] ?? '').replace('"n":5', '"n":6')),
      5,
      'was altered: its seal does not fit',
    ],
    ['removed', (lines: string[]) => lines.toSpliced(4, 1), 5, 'record 5 is missing before it'],
    [
      'inserted',
      (lines: string[]) => lines.toSpliced(4, 0, '{"n":1}'),
      5,
      'is no record of this chain: altered or inserted',
    ],
    [
      'repeated',
      (lines: string[]) => lines.toSpliced(5, 0, lines[2] ?? ''),
      6,
      'is record 3 out of its order: moved, repeated or inserted',
    ],
  ] as const)('names file and line of what was %s, once', async (_, change, line, problem) => {
    const [name = ''] = files;
    const lines = (originals.get(name)?.toString('utf8') ?? '').split('\n').slice(0, -1);
    const text = change(lines)
      .map((one) => `${one}\n`)
      .join('');
    expect(await findingsAfter(name, Buffer.from(text))).toEqual([{ file: name, line, problem }]);
  });

  it('finds that the end was cut off cleanly', async () => {
    const text = originals.get('audit.jsonl')?.toString('utf8') ?? '';
    const lines = text.split('\n').slice(0, -2);
    const findings = await findingsAfter('audit.jsonl', Buffer.from(lines.map((one) => `${one}\n`).join('')));
    expect(findings).toEqual([
      { file: 'audit.jsonl', line: lines.length, problem: `record ${records} is missing after it` },
    ]);
  });

  it.each([0, 1])('finds that a whole file is gone (%#)', async (index) => {
    const name = files[index] ?? '';
    await unlink(join(home.logFolder, name));
    const { findings } = await verify();
    await writeFile(join(home.logFolder, name), originals.get(name) ?? '');
    expect(findings).toHaveLength(1);
    expect(findings[0]?.problem).toMatch(/^records \d+ to \d+ are missing/);
  });

  it('finds a record that was sealed with another key', async () => {
    const forged = chainRecord('{"n":41}', { seq: 0, hash: '' }, new Secret<Uint8Array>(new Uint8Array(32)));
    const original = originals.get('audit.jsonl') ?? Buffer.alloc(0);
    expect(await findingsAfter('audit.jsonl', Buffer.concat([original, Buffer.from(`${forged.line}\n`)]))).toHaveLength(
      1,
    );
  });

  it('finds a checkpoint that is gone or that is an older one of another key', async () => {
    const path = join(home.checkpointFolder, 'audit.jsonl.checkpoint');
    const checkpoint = await readFile(path, 'utf8');
    for (const text of ['', checkpoint.replace('"seq":4', '"seq":3')]) {
      await writeFile(path, text);
      expect((await verify()).findings).toMatchObject([
        { problem: expect.stringContaining('no checkpoint that fits') },
      ]);
    }
    await writeFile(path, checkpoint);
    expect((await verify()).findings).toEqual([]);
  });

  it('reads files alone, of which nothing else is known', async () => {
    const paths = files.slice(1).map((name) => join(home.logFolder, name));
    const { findings, hasCheckpoint, to } = await verifyFiles(paths, chainKey);
    expect({ findings, hasCheckpoint, to }).toEqual({ findings: [], hasCheckpoint: false, to: records });
    await expect(verifyFiles([join(folder, 'none')], chainKey)).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
    });
  });

  it('changes nothing', async () => {
    const before = await stat(home.path);
    await verify();
    expect((await stat(home.path)).mtimeMs).toBe(before.mtimeMs);
  });
});
