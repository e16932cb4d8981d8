/** @module `gatehouse cert`: a key and a certificate that a server can use, and none lost. */
import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKeyPair } from '../../src/adapters/tls-key-pair.ts';
import { gatehouse } from '../support/gatehouse-command.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

let out: TempFolder;
beforeEach(async () => {
  out = await makeTempFolder('cert');
});
afterEach(() => out.remove());

const cert = (...args: readonly string[]) => gatehouse('cert', '--out', out.path, '--key-type', 'ec', ...args);
const file = (name: string) => join(out.path, name);

describe('gatehouse cert', () => {
  it('makes a pair that the server takes for all the names, and says where it is', async () => {
    const { code, stdout } = await cert('sso.example.com', '127.0.0.1');
    const [certificate, key] = [file('sso.example.com.crt'), file('sso.example.com.key')];
    expect([code, stdout]).toEqual([0, `${certificate}\n${key}\n`]);
    const hostNames = ['sso.example.com', '127.0.0.1'];
    await expect(loadKeyPair({ certificate, key, hostNames, now: Date.now() })).resolves.toBeDefined();
  });

  it('lets nobody else read the key', async () => {
    await cert('a.example');
    expect((await stat(file('a.example.key'))).mode & 0o777).toBe(0o600);
  });

  it('lasts as long as it is told', async () => {
    await cert('a.example', '--days', '10');
    const { validFromDate, validToDate } = new X509Certificate(await readFile(file('a.example.crt')));
    const days = (validToDate.getTime() - validFromDate.getTime()) / (24 * 3600_000);
    expect(Math.round(days)).toBe(10);
  });

  it('replaces nothing unless it is told to', async () => {
    await cert('a.example');
    const before = await readFile(file('a.example.key'), 'utf8');
    const refused = await cert('a.example');
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.output).toContain('--force');
    expect(await readFile(file('a.example.key'), 'utf8')).toBe(before);
    expect((await cert('a.example', '--force')).code).toBe(0);
    expect(await readFile(file('a.example.key'), 'utf8')).not.toBe(before);
  });

  it.each([
    ['no name', []],
    ['a name that is a path', ['../x']],
    ['no days', ['a.example', '--days', '0']],
    ['too many days', ['a.example', '--days', '3651']],
    ['days that are no number', ['a.example', '--days', 'x']],
    ['another kind of key', ['a.example', '--key-type', 'dsa']],
  ])('ends with 2 on %s', async (_, args) => {
    expect(await cert(...args)).toMatchObject({ code: 2, stdout: '' });
  });
});
