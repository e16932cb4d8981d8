import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HomeFolder, openHome } from '../../src/adapters/home-folder.ts';
import { mdqCopies } from '../../src/server/mdq-copies.ts';

let folder: string;
let home: HomeFolder;
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const clock = { now: () => Date.now(), timer: () => 0 };
const copy = { bytes: Buffer.from('<x/>'), etag: undefined, lastModified: undefined, fetchedAt: 1 };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-mdq-'));
  home = await openHome(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => mdqCopies({ home, clock, logger, where: 'https://mdq.invalid/', maxBytes: 1000 });

it('a copy is read back, by its entityID and server', async () => {
  await open().write('urn:a', copy);
  expect((await open().read('urn:a'))?.bytes.toString()).toBe('<x/>');
  expect(await open().read('urn:b')).toBeUndefined();
});

it('copies that nobody has confirmed for 90 days go at the next one', async () => {
  await open().write('urn:a', copy);
  const place = home.resolve('data/metadata/mdq');
  const then = new Date(Date.now() - 91 * 24 * 3600_000);
  for (const name of await readdir(place)) await utimes(join(place, name), then, then);
  await open().write('urn:b', copy);
  expect([await open().read('urn:a'), (await readdir(place)).length]).toEqual([undefined, 2]);
});

it('a look reads copies and makes nothing', async () => {
  expect(await open().read('urn:a')).toBeUndefined();
  expect(await readdir(home.resolve('data/metadata'))).toEqual([]);
});
