import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HomeFolder, maxSecretBytes, maxTextBytes, openHome } from '../../src/adapters/home-folder.ts';

let folder: string;
let home: HomeFolder;
let number = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-home-'));
});
beforeEach(async () => {
  number += 1;
  home = await openHome(join(folder, `home${number}`));
});
afterAll(() => rm(folder, { recursive: true }));

const mode = async (path: string) => (await stat(path)).mode & 0o777;

describe('opening', () => {
  it('makes the home and what is in it for its owner only', async () => {
    expect(await readdir(home.path)).toEqual(['configuration', 'data', 'log']);
    expect(await mode(home.path)).toBe(0o700);
    expect(await mode(join(home.path, 'data/keys'))).toBe(0o700);
  });
  it('leaves what is there as it is', async () => {
    await writeFile(join(home.path, 'configuration/gatehouse.yaml'), 'node: a');
    const again = await openHome(home.path);
    expect(await again.readText('configuration/gatehouse.yaml')).toBe('node: a');
  });
  it('refuses a file in its place', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(openHome(join(folder, 'file'))).rejects.toMatchObject({ code: 'ERR_CONFIG_UNREADABLE' });
    await expect(openHome(join(folder, 'file', 'below'))).rejects.toMatchObject({ code: 'ERR_CONFIG_UNREADABLE' });
  });
});

describe('paths', () => {
  it('are relative to the home', () => expect(home.resolve('log/a')).toBe(join(home.path, 'log/a')));
  it('of the configuration are relative to its folder', () => {
    expect(home.inConfiguration('server.crt')).toBe(join(home.path, 'configuration/server.crt'));
    expect(home.inConfiguration('database/x')).toBe(join(home.path, 'configuration/database/x'));
  });
  it('of the configuration that begin with data/ are relative to the home', () => {
    expect(home.inConfiguration('data/keys/idp.key')).toBe(join(home.path, 'data/keys/idp.key'));
  });
  it('that are absolute stay as they are', () => {
    expect(home.resolve('/etc/x')).toBe('/etc/x');
    expect(home.inConfiguration('/etc/x')).toBe('/etc/x');
  });
});

describe('reading', () => {
  const refusal = (problem: string) => ({ code: 'ERR_CONFIG_UNREADABLE', facts: { problem } });

  it('a missing file is refused in words', async () => {
    await expect(home.readText('configuration/none')).rejects.toMatchObject(refusal('there is no such file'));
  });
  it('a folder is refused', async () => {
    await expect(home.readText('data')).rejects.toMatchObject(refusal('it is not a regular file'));
  });
  it('a pipe is refused instead of waited for', async () => {
    execFileSync('mkfifo', [home.resolve('data/pipe')]);
    await expect(home.readText('data/pipe')).rejects.toMatchObject(refusal('it is not a regular file'));
    expect(home.readSecretFile('data/pipe')).toEqual({ problem: 'it is not a regular file' });
  });
  it('bytes that are not UTF-8 are refused', async () => {
    await writeFile(home.resolve('data/latin'), Buffer.from([0xe4, 0x0a]));
    await expect(home.readText('data/latin')).rejects.toMatchObject(refusal('it is not UTF-8'));
  });
  it('a file at the limit is read and one above it refused', async () => {
    await writeFile(home.resolve('data/large'), 'x'.repeat(maxTextBytes));
    expect(await home.readText('data/large')).toHaveLength(maxTextBytes);
    await writeFile(home.resolve('data/large'), 'x'.repeat(maxTextBytes + 1));
    await expect(home.readText('data/large')).rejects.toMatchObject(refusal(`it has more than ${maxTextBytes} bytes`));
  });
  it('a file that claims no size and has no end is refused', async () => {
    await expect(home.readText('/dev/zero')).rejects.toMatchObject(refusal('it is not a regular file'));
  });
  it('a secret is read beside the configuration', async () => {
    await writeFile(home.resolve('configuration/secret'), 'abc\n');
    expect(home.readSecretFile('secret')).toEqual({ text: 'abc\n' });
    expect(home.readSecretFile('none')).toEqual({ problem: 'there is no such file' });
  });
  it('a secret above its limit is refused', async () => {
    await writeFile(home.resolve('configuration/secret'), 'x'.repeat(maxSecretBytes + 1));
    expect(home.readSecretFile('secret')).toEqual({ problem: `it has more than ${maxSecretBytes} bytes` });
  });
});

describe('writing', () => {
  it('makes a file that only the owner reads', async () => {
    await home.writeText('data/keys/a.key', 'one');
    expect(await home.readText('data/keys/a.key')).toBe('one');
    expect(await mode(home.resolve('data/keys/a.key'))).toBe(0o600);
  });
  it('gives the mode that is asked for, whatever the umask', async () => {
    await home.writeText('configuration/a.crt', 'one', 0o666);
    expect(await mode(home.resolve('configuration/a.crt'))).toBe(0o666);
  });
  it('replaces the file as a whole and leaves no temporary file', async () => {
    await home.writeText('data/a', 'one');
    const before = await stat(home.resolve('data/a'));
    await home.writeText('data/a', 'two');
    expect(await home.readText('data/a')).toBe('two');
    expect((await stat(home.resolve('data/a'))).ino).not.toBe(before.ino);
    expect(await readdir(home.resolve('data'))).toEqual(['a', 'keys', 'metadata']);
  });
  it('leaves the old file and no temporary one when it fails', async () => {
    await mkdir(home.resolve('data/taken/below'), { recursive: true });
    await expect(home.writeText('data/taken', 'x')).rejects.toMatchObject({ code: 'ERR_CONFIG_UNREADABLE' });
    expect(await readdir(home.resolve('data'))).toEqual(['keys', 'metadata', 'taken']);
  });
  it.each(['../outside', 'data/../../outside', '/outside', '.', ''])(
    'does not write outside the home: %j',
    async (path) => {
      await expect(home.writeText(path, 'x')).rejects.toMatchObject({ code: 'ERR_CONFIG_UNREADABLE' });
    },
  );
  it('does not write outside through a symbolic link', async () => {
    await mkdir(join(folder, `elsewhere${number}`));
    await symlink(join(folder, `elsewhere${number}`), home.resolve('data/link'));
    await expect(home.writeText('data/link/x', 'x')).rejects.toMatchObject({
      facts: { problem: 'outside the home folder' },
    });
    expect(await readdir(join(folder, `elsewhere${number}`))).toEqual([]);
  });
  it('replaces a symbolic link rather than what it points to', async () => {
    await writeFile(join(folder, `target${number}`), 'kept');
    await symlink(join(folder, `target${number}`), home.resolve('data/file'));
    await home.writeText('data/file', 'new');
    expect(await readFile(join(folder, `target${number}`), 'utf8')).toBe('kept');
  });
});

describe('creating', () => {
  it('makes the file once and keeps what is there', async () => {
    expect(await home.createText('configuration/a', 'one')).toBe(true);
    expect(await home.createText('configuration/a', 'two')).toBe(false);
    expect(await home.readText('configuration/a')).toBe('one');
    expect(await readdir(home.resolve('configuration'))).toEqual(['a', 'history']);
  });
  it('lets exactly one of many at once make it', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, (_, i) => home.createText('data/one', String(i))));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await home.readText('data/one')).toBe(String(made.indexOf(true)));
  });
});

it('knows whether a file exists', async () => {
  await home.writeText('data/a', '');
  expect(await home.exists('data/a')).toBe(true);
  expect(await home.exists('data/b')).toBe(false);
});

it('names the private keys that every user may read', async () => {
  for (const [name, bits] of [
    ['a', 0o600],
    ['b', 0o640],
    ['c', 0o644],
    ['d', 0o602],
  ] as const) {
    await home.writeText(`data/keys/${name}`, 'key');
    await chmod(home.resolve(`data/keys/${name}`), bits);
  }
  const paths = ['a', 'b', 'c', 'd', 'none'].map((name) => `data/keys/${name}`);
  expect(await home.exposed(paths)).toEqual([home.resolve('data/keys/c'), home.resolve('data/keys/d')]);
});
