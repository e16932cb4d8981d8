import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { gatehouse } from '../support/gatehouse-command.ts';
import { writeHome } from '../support/gatehouse-home.ts';
import { makeKeyPair } from '../support/keys.ts';
import { noteSecret } from '../support/secrets.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

let folder: TempFolder;
let home: string;
beforeEach(async () => {
  folder = await makeTempFolder('keys');
  home = join(folder.path, 'var');
  await writeHome(home);
});
afterEach(() => folder.remove());

const keys = (...args: readonly string[]) => gatehouse('keys', ...args, '--home', home);
const entry = z.object({
  id: z.string(),
  state: z.string(),
  use: z.string(),
  privateKey: z.string(),
  type: z.string(),
});
const doneSchema = z.object({ status: z.literal('done'), overridden: z.array(z.string()), key: entry });
const listSchema = z.object({ revision: z.number(), keys: z.array(entry) });

async function done(...args: readonly string[]) {
  const { code, stdout, output } = await keys(...args, '--json');
  expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  return doneSchema.parse(JSON.parse(stdout));
}
async function refusal(...args: readonly string[]) {
  const { code, stdout } = await keys(...args, '--json');
  return { code, reason: z.object({ reason: z.string() }).parse(JSON.parse(stdout)).reason };
}
const list = async () => listSchema.parse(JSON.parse((await keys('list', '--json')).stdout));
const states = async () => (await list()).keys.map(({ state }) => state);
async function records() {
  const text = await readFile(join(home, 'log', 'administration.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line))
    .map(({ type, outcome, reason, key, application }) => ({ type, outcome, reason, key, application }));
}

describe('gatehouse keys', () => {
  test('says where there is no ring what signs, and how to begin', async () => {
    const { code, stdout } = await keys('list');
    expect([code, stdout]).toEqual([0, expect.stringContaining('"gatehouse keys add" begins a roll-over')]);
    expect(await list()).toEqual({ revision: 0, keys: [] });
  });

  test('begins a ring with the key that signs already, and puts a new one beside it', async () => {
    await done('add');
    expect(await states()).toEqual(['active', 'pending']);
  });

  test('takes the steps in order, and each is in the audit trail with the key', async () => {
    const { id } = (await done('add')).key;
    expect(await refusal('activate', id)).toEqual({ code: 1, reason: 'not-published' });
    await done('publish', id);
    expect(await refusal('activate', id)).toEqual({ code: 1, reason: 'published-too-short' });
    expect((await done('activate', id, '--force')).overridden).toEqual(['published-too-short']);
    const old = (await list()).keys[0]!.id;
    expect(await refusal('retire', id)).toEqual({ code: 1, reason: 'active' });
    await done('retire', old, '--force');
    expect(await states()).toEqual(['retired', 'active']);
    const success = (type: string, key: string, reason?: string) => ({ type, outcome: 'success', reason, key });
    const failure = (type: string, key: string, reason: string) => ({ type, outcome: 'failure', reason, key });
    expect(await records()).toEqual([
      success('key-added', id),
      failure('key-activated', id, 'not-published'),
      success('key-published', id),
      failure('key-activated', id, 'published-too-short'),
      success('key-activated', id, 'forced-published-too-short'),
      failure('key-retired', id, 'active'),
      success('key-retired', old, 'forced-in-flight'),
    ]);
  });

  test('plans an activation for an instant, for one partner too', async () => {
    const { id } = (await done('add')).key;
    await done('publish', id);
    await done('activate', id, '--at', '2200-01-01T03:00:00Z', '--force');
    await done('activate', id, '--partner', 'urn:sp', '--force');
    const { stdout } = await keys('list');
    expect(stdout).toContain(`2200-01-01T03:00:00.000Z: ${id} for everybody`);
    expect(stdout).toContain(`urn:sp gets ${id}, everybody else`);
    expect((await records()).at(-1)).toMatchObject({ type: 'key-activated', application: 'urn:sp' });
  });

  test('gives no key to a partner that is not there', async () => {
    const { id } = (await done('add')).key;
    await done('publish', id);
    expect(await refusal('activate', id, '--partner', 'urn:slip-of-the-pen')).toEqual({
      code: 1,
      reason: 'unknown-partner',
    });
  });

  test('makes keys of each type, and for encryption RSA alone', async () => {
    expect((await done('add', '--type', 'ec-p384')).key.type).toBe('ec-p384');
    expect((await done('add', '--use', 'encryption')).key).toMatchObject({ use: 'encryption', type: 'rsa-3072' });
    expect((await keys('add', '--use', 'encryption', '--type', 'ec-p256')).code).toBe(2);
  });

  test('takes a pair that is brought along, and says of one that does not fit what is wrong', async () => {
    const [pair, other] = [makeKeyPair('ec'), makeKeyPair('ec')];
    const files = {
      key: join(folder.path, 'a.pem'),
      certificate: join(folder.path, 'a.crt'),
      other: join(folder.path, 'b.crt'),
    };
    await writeFile(files.key, pair.privateKeyPem);
    await writeFile(files.certificate, pair.certificatePem);
    await writeFile(files.other, other.certificatePem);
    const bad = await keys('add', '--key', files.key, '--certificate', files.other);
    expect([bad.code, bad.output]).toEqual([1, expect.stringContaining('does not belong to the signing key')]);
    expect((await done('add', '--key', files.key, '--certificate', files.certificate)).key.type).toBe('ec-p256');
    expect(await refusal('add', '--key', files.key, '--certificate', files.certificate)).toEqual({
      code: 1,
      reason: 'already-there',
    });
  });

  test('keeps private keys in the vault where there is one, and erases them there', async () => {
    await gatehouse('vault', 'init', '--home', home);
    const pair = makeKeyPair('rsa');
    noteSecret('a key in the vault', pair.privateKeyPem.split('\n')[2]!);
    await writeFile(join(folder.path, 'a.pem'), pair.privateKeyPem);
    await writeFile(join(folder.path, 'a.crt'), pair.certificatePem);
    const { id, privateKey } = (
      await done('add', '--key', join(folder.path, 'a.pem'), '--certificate', join(folder.path, 'a.crt'))
    ).key;
    expect(privateKey).toBe('vault');
    const inVault = async () => (await gatehouse('vault', 'check', 'saml-keys', id, '--home', home)).code;
    expect(await inVault()).toBe(0);
    expect((await gatehouse('vault', 'check', '--home', home)).stdout).not.toContain('saml-keys');
    await done('retire', id);
    expect((await done('retire', id, '--erase')).key.privateKey).toBe('erased');
    expect(await inVault()).toBe(1);
  });

  test('leaves the file of the configuration to whom it belongs', async () => {
    const { id } = (await done('add')).key;
    await done('publish', id);
    await done('activate', id, '--force');
    const old = (await list()).keys[0]!.id;
    await done('retire', old, '--force');
    const { stdout } = await keys('retire', old, '--erase');
    expect(stdout).toContain('data/keys/idp.key');
    await rm(join(home, 'data/keys/idp.key'));
    expect((await gatehouse('serve', '--check', '--home', home)).code).toBe(0);
    expect((await gatehouse('metadata', 'show', '--home', home)).code).toBe(0);
  });

  test('lets one of two commands at once go first, and loses nothing of the other', async () => {
    await done('add');
    const both = await Promise.all([keys('add', '--type', 'ec-p256'), keys('add', '--type', 'ec-p256')]);
    expect(both.map(({ code }) => code).every((code) => code === 0 || code === 3)).toBe(true);
    const made = both.filter(({ code }) => code === 0).length;
    expect((await list()).keys).toHaveLength(2 + made);
    expect(
      (await gatehouse('audit', 'verify', '--file', join(home, 'log/administration.jsonl'), '--home', home)).code,
    ).toBe(0);
  });

  test.each([
    ['no action', []],
    ['an action that is not known', ['rotate']],
    ['an option of another action', ['publish', 'abcd', '--erase']],
    ['a key that is not named', ['activate']],
    ['an instant that is none', ['activate', 'abcd', '--at', 'tomorrow']],
    ['a partner and everyone', ['activate', 'abcd', '--partner', 'urn:sp', '--everyone']],
    ['a type that is not known', ['add', '--type', 'dsa']],
    ['a key without its certificate', ['add', '--key', 'a.pem']],
  ])('has no answer but its usage to %s', async (_, args) => {
    const { code, output } = await keys(...args);
    expect([code, output]).toEqual([2, expect.stringContaining('gatehouse keys --help')]);
  });

  test('knows no key that two could mean, or none', async () => {
    await done('add');
    expect(await refusal('publish', 'ffffffffffffffff')).toEqual({ code: 1, reason: 'unknown-key' });
    expect(await refusal('publish', (await list()).keys[1]!.id.slice(0, 3))).toEqual({
      code: 1,
      reason: 'unknown-key',
    });
  });

  test('changes nothing while the ring is damaged, and says where', async () => {
    await done('add');
    const ring = join(home, 'data/keys/ring.json');
    await writeFile(ring, (await readFile(ring, 'utf8')).slice(0, 300));
    for (const args of [['list'], ['add']]) {
      const { code, output } = await keys(...args);
      expect([code, output]).toEqual([1, expect.stringMatching(/ERR_KEY_RING[\s\S]*ring\.json[\s\S]*cut off/)]);
    }
    const check = await gatehouse('serve', '--check', '--home', home);
    expect([check.code, check.output]).toEqual([1, expect.stringContaining('ERR_KEY_RING')]);
  });

  test('shows no private key, whatever it says', async () => {
    const outputs = [await keys('add'), await keys('add', '--json'), await keys('list'), await keys('list', '--json')];
    expect(outputs.map(({ output }) => output).join('')).not.toContain('PRIVATE KEY-----');
  });
});
