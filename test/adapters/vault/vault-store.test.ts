/** @module The vault on the disk: modes, keys, two writers, and a rekeying that is interrupted anywhere. */
import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../../src/adapters/system-clock.ts';
import type { VaultKeySource } from '../../../src/adapters/vault/key-source.ts';
import { createVaultStore } from '../../../src/adapters/vault/vault-store.ts';
import { Secret } from '../../../src/spi/secret.ts';
import { makeTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { rejectionOf } from '../../support/thrown-code.ts';

let temp: TempFolder;
let environment: Record<string, string>;
beforeEach(async () => {
  temp = await makeTempFolder('vault');
  environment = {};
});
afterEach(() => temp.remove());

const keyPath = () => join(temp.path, 'vault.key');
const vaultPath = () => join(temp.path, 'vault/vault.json');
const storeOf = (key: VaultKeySource = { kind: 'file', path: keyPath() }) =>
  createVaultStore({ folder: join(temp.path, 'vault'), key, environment, random: systemRandom });
const put = (store: ReturnType<typeof storeOf>, name: string, value: string) =>
  store.change((before) => ({ contents: new Map([...before, [name, new Secret(value)]]), answer: 'done' }));
const valueIn = async (store: ReturnType<typeof storeOf>, name: string) =>
  (await store.mustRead()).contents.get(name)?.reveal();
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');

describe('a vault under a key file', () => {
  it('is not there at first, and every change says so', async () => {
    expect(await storeOf().read()).toBeUndefined();
    expect(await rejectionOf(put(storeOf(), 'a::b', 'c'))).toBe('ERR_VAULT_MISSING');
    expect(await rejectionOf(storeOf().mustRead())).toBe('ERR_VAULT_MISSING');
  });

  it('is made once, with a key, for its owner only', async () => {
    expect([await storeOf().init(), await storeOf().init()]).toEqual([true, false]);
    expect(await Promise.all([keyPath(), vaultPath(), join(temp.path, 'vault')].map(modeOf))).toEqual([
      '600',
      '600',
      '700',
    ]);
    expect((await storeOf().read())?.contents.size).toBe(0);
  });

  it('takes a key that is there already', async () => {
    await writeFile(keyPath(), key(7), { mode: 0o600 });
    await storeOf().init();
    expect(await readFile(keyPath(), 'utf8')).toBe(key(7));
  });

  it('keeps what it was given', async () => {
    await storeOf().init();
    await put(storeOf(), 'ds::password', 'hunter2');
    await put(storeOf(), 'ds::user', 'eric');
    expect(await valueIn(storeOf(), 'ds::password')).toBe('hunter2');
    expect(await readFile(vaultPath(), 'utf8')).not.toContain('hunter2');
  });

  it('hands the answer of a change on, and writes nothing where it gives no contents', async () => {
    await storeOf().init();
    const before = await readFile(vaultPath());
    expect(await storeOf().change(() => ({ answer: 42 }))).toBe(42);
    expect(await readFile(vaultPath())).toEqual(before);
  });

  it.each([0o640, 0o604, 0o620])('refuses a key file with the mode %o', async (mode) => {
    await storeOf().init();
    await chmod(keyPath(), mode);
    expect(await rejectionOf(storeOf().read())).toBe('ERR_VAULT_KEY');
  });

  it('refuses a vault that others may write', async () => {
    await storeOf().init();
    await chmod(vaultPath(), 0o622);
    expect(await rejectionOf(storeOf().read())).toBe('ERR_VAULT_DAMAGED');
  });

  it('refuses another key, and says the ids but no key', async () => {
    await storeOf().init();
    await writeFile(keyPath(), key(7));
    const error = await storeOf()
      .read()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ERR_VAULT_KEY' });
    expect(JSON.stringify(error)).toMatch(/it needs the key [0-9a-f]{16}, and the file .* holds [0-9a-f]{16}/);
    expect(JSON.stringify(error)).not.toContain(key(7));
  });

  it('does not make a new key for an old vault', async () => {
    await storeOf().init();
    await rm(keyPath());
    expect(await rejectionOf(storeOf().read())).toBe('ERR_VAULT_KEY');
    expect(await rejectionOf(put(storeOf(), 'a::b', 'c'))).toBe('ERR_VAULT_KEY');
    expect(await storeOf().init()).toBe(false);
  });

  it('refuses a folder in the place of a key', async () => {
    await mkdir(keyPath());
    expect(await rejectionOf(storeOf().init())).toBe('ERR_VAULT_KEY');
  });

  it('takes at most 10,000 values', async () => {
    await storeOf().init();
    const many = new Map(Array.from({ length: 10_001 }, (_, index) => [`a::${index}`, new Secret('x')] as const));
    expect(await rejectionOf(storeOf().change(() => ({ contents: many, answer: 1 })))).toBe('ERR_VAULT_FULL');
  });
});

describe('rekeying', () => {
  const filled = async () => {
    await storeOf().init();
    await put(storeOf(), 'ds::password', 'hunter2');
    const old = await readFile(keyPath(), 'utf8');
    return { old, oldVault: await readFile(vaultPath(), 'utf8') };
  };

  it('puts everything under a new key and forgets the old one', async () => {
    const { old } = await filled();
    expect(await storeOf().rekey()).toBe('rekeyed');
    expect(await valueIn(storeOf(), 'ds::password')).toBe('hunter2');
    expect(await readFile(keyPath(), 'utf8')).not.toContain(old.trim());
    expect((await storeOf().read())?.keyCount).toBe(1);
  });

  it('replaces the file behind a symbolic link', async () => {
    await filled();
    const real = join(temp.path, 'elsewhere.key');
    await writeFile(real, await readFile(keyPath()), { mode: 0o600 });
    await rm(keyPath());
    await symlink(real, keyPath());
    await storeOf().rekey();
    expect(await readFile(real, 'utf8')).toBe(await readFile(keyPath(), 'utf8'));
    expect(await valueIn(storeOf(), 'ds::password')).toBe('hunter2');
  });

  it('leaves a vault that opens when it stops after the new key was written', async () => {
    const { old, oldVault } = await filled();
    await storeOf().rekey();
    const fresh = await readFile(keyPath(), 'utf8');
    await writeFile(keyPath(), fresh + old);
    await writeFile(vaultPath(), oldVault);
    expect(await storeOf().read()).toMatchObject({ keyCount: 2, underFirstKey: false });
    await put(storeOf(), 'ds::user', 'eric');
    expect(await valueIn(storeOf(), 'ds::password')).toBe('hunter2');
    expect(await storeOf().read()).toMatchObject({ underFirstKey: true });
  });

  it('leaves a vault that opens when it stops before the old key was taken away, and can be begun again', async () => {
    const { old } = await filled();
    await storeOf().rekey();
    await writeFile(keyPath(), (await readFile(keyPath(), 'utf8')) + old);
    expect(await valueIn(storeOf(), 'ds::password')).toBe('hunter2');
    await storeOf().rekey();
    expect((await storeOf().read())?.keyCount).toBe(1);
    expect(await valueIn(storeOf(), 'ds::password')).toBe('hunter2');
  });

  it('goes over to the first key of an environment variable, and has nothing to do without a new one', async () => {
    environment['KEY'] = key(1);
    const store = storeOf({ kind: 'environment', name: 'KEY' });
    await store.init();
    await put(store, 'ds::password', 'hunter2');
    expect(await store.rekey()).toBe('unchanged');
    environment['KEY'] = `${key(2)} ${key(1)}`;
    expect(await store.rekey()).toBe('rekeyed');
    environment['KEY'] = key(2);
    expect(await valueIn(store, 'ds::password')).toBe('hunter2');
    environment['KEY'] = key(1);
    expect(await rejectionOf(store.read())).toBe('ERR_VAULT_KEY');
  });
});

describe('a key from elsewhere', () => {
  it('is the first line of a program', async () => {
    const argv = [process.execPath, '-e', `console.log(${JSON.stringify(key(3))}); console.log('more')`];
    const store = storeOf({ kind: 'command', argv, timeoutMs: 60_000 });
    await store.init();
    await put(store, 'a::b', 'c');
    expect(await valueIn(store, 'a::b')).toBe('c');
  });

  it.each([
    ['an environment variable that is not set', { kind: 'environment', name: 'NOPE' }],
    ['a program that is not there', { kind: 'command', argv: ['/nowhere/pass'], timeoutMs: 1000 }],
  ] as const)('refuses %s', async (_, source) => {
    expect(await rejectionOf(storeOf(source).init())).toBe('ERR_VAULT_KEY');
  });
});

describe('two writers', () => {
  const lockPath = () => join(temp.path, 'vault/vault.lock');

  it('do not lose what either has written', async () => {
    await storeOf().init();
    const done = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => put(storeOf(), `a::${index}`, String(index))),
    );
    const stored = done.flatMap(({ status }, index) => (status === 'fulfilled' ? [`a::${index}`] : []));
    expect(stored.length).toBeGreaterThan(0);
    expect([...(await storeOf().mustRead()).contents.keys()].sort()).toEqual(stored);
  });

  it('leave no lock', async () => {
    await storeOf().init();
    await expect(stat(lockPath())).rejects.toThrow('ENOENT');
  });

  it('are one too many while the first one lives', async () => {
    await storeOf().init();
    await writeFile(lockPath(), JSON.stringify({ pid: process.pid, host: hostname(), token: 't' }));
    expect(await rejectionOf(put(storeOf(), 'a::b', 'c'))).toBe('ERR_VAULT_BUSY');
  });

  it('may take the lock of a process that has ended', async () => {
    await storeOf().init();
    // Above the largest process id that Linux gives (4194304).
    await writeFile(lockPath(), JSON.stringify({ pid: 4_194_305, host: hostname(), token: 't' }));
    expect(await put(storeOf(), 'a::b', 'c')).toBe('done');
  });

  it.each([
    ['of another machine', JSON.stringify({ pid: 4_194_305, host: 'elsewhere', token: 't' })],
    ['that says nothing', ''],
  ])('leave a lock %s to a person', async (_, text) => {
    await storeOf().init();
    await writeFile(lockPath(), text);
    expect(await rejectionOf(put(storeOf(), 'a::b', 'c'))).toBe('ERR_VAULT_BUSY');
  });
});
