import { chmod, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRingStore, type RingStore } from '../../../src/adapters/key-ring/ring-store.ts';
import type { KeyRing } from '../../../src/spi/key-ring.ts';
import { readKeyCertificate } from '../../../src/wire/key-ring-file.ts';
import { FAKE_START } from '../../support/fake-clock.ts';
import { makeKeyPair } from '../../support/keys.ts';
import { makeTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { rejectionOf } from '../../support/thrown-code.ts';

const { notBeforeAt: _notBeforeAt, ...facts } = readKeyCertificate(makeKeyPair('ec').certificatePem);
const ring: KeyRing = {
  revision: 1,
  keys: [{ ...facts, side: 'idp', use: 'signing', place: { in: 'erased' }, addedAt: FAKE_START }],
  activations: [],
};
const put = (store: RingStore, of: KeyRing = ring) => store.change(async () => ({ ring: of, answer: undefined }));

let folder: TempFolder;
let keys: string;
let store: RingStore;
beforeEach(async () => {
  folder = await makeTempFolder('ring');
  keys = join(folder.path, 'data', 'keys');
  store = createRingStore(keys);
});
afterEach(() => folder.remove());

describe('the key ring on the disk', () => {
  it('is not there at first', async () => {
    expect(await store.read()).toBeUndefined();
  });

  it('is read as it was written, by its owner alone', async () => {
    await put(store);
    expect(await store.read()).toMatchObject({ revision: 1, keys: [{ id: facts.id }] });
    expect((await stat(store.path)).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing beside it', async () => {
    await put(store);
    expect(await readdir(keys)).toEqual(['ring.json']);
  });

  it('stays as it is when a change fails', async () => {
    await put(store);
    const failing = store.change(() => Promise.reject(new Error('a bug')));
    await expect(failing).rejects.toThrow('a bug');
    expect(await readdir(keys)).toEqual(['ring.json']);
    expect((await store.read())?.revision).toBe(1);
  });

  it('is changed by one at a time', async () => {
    const inner = await store.change(async () => ({ answer: await rejectionOf(put(createRingStore(keys))) }));
    expect(inner).toBe('ERR_KEY_RING_BUSY');
  });

  it('is not held for ever by a command that was killed', async () => {
    await mkdir(keys, { recursive: true });
    await writeFile(join(keys, 'ring.lock'), JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), token: 'dead' }));
    await put(store);
    expect((await store.read())?.revision).toBe(1);
  });

  it.each([
    ['cut off', async () => writeFile(store.path, (await readFile(store.path, 'utf8')).slice(0, 100))],
    ['empty', () => writeFile(store.path, '')],
    ['readable by others', () => chmod(store.path, 0o644)],
    ['a folder', async () => rename(store.path, `${store.path}.old`).then(() => mkdir(store.path))],
  ])('is refused when it is %s, for reading and for changing', async (_, spoil) => {
    await put(store);
    await spoil();
    expect([await rejectionOf(store.read()), await rejectionOf(put(store))]).toEqual(['ERR_KEY_RING', 'ERR_KEY_RING']);
  });

  it('is read through a symbolic link, and not changed through one', async () => {
    await put(store);
    const elsewhere = join(folder.path, 'elsewhere.json');
    await rename(store.path, elsewhere);
    await symlink(elsewhere, store.path);
    expect((await store.read())?.revision).toBe(1);
    expect(await rejectionOf(put(store, { ...ring, revision: 2 }))).toBe('ERR_KEY_RING');
    expect((await store.read())?.revision).toBe(1);
  });
});
