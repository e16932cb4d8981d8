import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trimFolder } from '../../src/adapters/kept-folder.ts';

let folder: string;
const now = Date.UTC(2026, 10, 22);
const day = 24 * 3600_000;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-kept-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, daysOld: number): Promise<void> {
  await writeFile(join(folder, name), '');
  await utimes(join(folder, name), new Date(now), new Date(now - daysOld * day));
}
const left = async () => (await readdir(folder)).toSorted();

describe('a folder that may not grow', () => {
  it('loses what is too old', async () => {
    await write('old', 10.1);
    await write('new', 9.9);
    expect(await trimFolder(folder, { maxFiles: 9, maxAgeMs: 10 * day }, now)).toBe(1);
    expect(await left()).toEqual(['new']);
  });

  it('loses the oldest of too many', async () => {
    for (const days of [3, 1, 4, 2]) await write(`f${days}`, days);
    expect(await trimFolder(folder, { maxFiles: 2, maxAgeMs: 10 * day }, now)).toBe(2);
    expect(await left()).toEqual(['f1', 'f2']);
  });

  it('keeps the folders in it', async () => {
    await mkdir(join(folder, 'inner'));
    await trimFolder(folder, { maxFiles: 0, maxAgeMs: 1 }, now + 1000 * day);
    expect(await left()).toEqual(['inner']);
  });

  it('is made where there is none', async () => {
    await trimFolder(join(folder, 'a', 'b'), { maxFiles: 1, maxAgeMs: 1 }, now);
    expect(await left()).toEqual(['a']);
  });

  it('is told of when it is none', async () => {
    await write('file', 0);
    await expect(trimFolder(join(folder, 'file'), { maxFiles: 1, maxAgeMs: 1 }, now)).rejects.toMatchObject({
      code: 'ERR_CONFIG_UNREADABLE',
    });
  });
});
