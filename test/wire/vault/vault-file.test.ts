/** @module The vault's file: what it hides, and that nothing in it can be changed unnoticed. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Secret } from '../../../src/spi/secret.ts';
import { vaultKeyOf } from '../../../src/wire/vault/keys.ts';
import { buildVaultFile, openVaultFile } from '../../../src/wire/vault/vault-file.ts';
import { createFakeRandom } from '../../support/fake-random.ts';

const key = vaultKeyOf(Buffer.alloc(32, 1));
const other = vaultKeyOf(Buffer.alloc(32, 2));
const random = createFakeRandom();
const build = (values: Readonly<Record<string, string>>, under = key) =>
  buildVaultFile(new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)])), under, (length) =>
    random.bytes(length),
  );

function valuesIn(text: string, keys = [key]) {
  const opened = openVaultFile(text, keys);
  return opened.status === 'opened'
    ? Object.fromEntries([...opened.contents].map(([name, value]) => [name, value.reveal()]))
    : opened;
}

const two = { 'ds::password': 'datasource-secret', 'ldap::bindCredential': '' };

it('gives back what was put in', () => {
  expect(valuesIn(build(two))).toEqual(two);
});

it('gives back any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (value) => {
      expect(valuesIn(build({ 'a::b': value }))).toEqual({ 'a::b': value });
    }),
  );
});

it('opens under any key of a ring', () => {
  expect(valuesIn(build(two), [other, key])).toEqual(two);
});

it('says which key it needs when that is not there, also of an empty vault', () => {
  expect(valuesIn(build(two), [other])).toEqual({ status: 'wrong-key', keyId: key.id });
  expect(valuesIn(build({}), [other])).toEqual({ status: 'wrong-key', keyId: key.id });
});

it('shows no value, nor its length below 64 bytes, nor that two are the same', () => {
  const file = build({ 'a::a': 'datasource-secret', 'a::b': 'datasource-secret', 'a::c': 'x', 'a::d': 'x'.repeat(64) });
  expect(file).not.toContain('datasource');
  const records: Record<string, { value: string }> = JSON.parse(file).records;
  const [a, b, c, d] = Object.values(records).map(({ value }) => value);
  expect(a).not.toBe(b);
  expect(a).toHaveLength(c!.length);
  expect(d!.length).toBeGreaterThan(c!.length);
});

it('is another text each time, also with the same values', () => {
  const [first, second] = [JSON.parse(build(two)), JSON.parse(build(two))];
  expect(first.records['ds::password'].nonce).not.toBe(second.records['ds::password'].nonce);
});

const altered = { status: 'damaged', problem: 'it was altered by somebody without the key' };

// biome-ignore lint/suspicious/noExplicitAny: an attacker keeps to no type
function after(change: (file: any) => void) {
  const file = JSON.parse(build({ ...two, 'ds::user': 'somebody' }));
  change(file);
  return valuesIn(JSON.stringify(file));
}

it('is the same in another layout', () => {
  expect(after(() => undefined)).toEqual({ ...two, 'ds::user': 'somebody' });
});

it('does not open when a value was taken out', () => {
  expect(after((file) => delete file.records['ds::user'])).toEqual(altered);
});

it('does not open when a value stands under the name of another', () => {
  expect(
    after(({ records }) => {
      [records['ds::user'], records['ds::password']] = [records['ds::password'], records['ds::user']];
    }),
  ).toEqual(altered);
});

it('does not open when a value of an older file was put in', () => {
  const older = JSON.parse(build(two));
  expect(
    after(({ records }) => {
      records['ds::password'] = older.records['ds::password'];
    }),
  ).toEqual(altered);
});

it.each(['nonce', 'value'])('does not open when one bit of a %s is another', (field) => {
  expect(
    after(({ records }) => {
      const bytes = Buffer.from(records['ds::user'][field], 'base64');
      bytes[3]! ^= 4;
      records['ds::user'][field] = bytes.toString('base64');
    }),
  ).toEqual(altered);
});

it('does not open without its seal', () => {
  expect(
    after((file) => {
      file.seal = { nonce: '', value: '' };
    }),
  ).toEqual(altered);
});

it('does not open when it says the id of a key that it is not under', () => {
  const file = JSON.parse(build(two, other));
  expect(valuesIn(JSON.stringify({ ...file, key: key.id }))).toEqual(altered);
});

it.each([
  ['no JSON', '{', 'it is not JSON'],
  ['something else', '{}', 'it is not the file of a vault'],
  ['a list', '[]', 'it is not the file of a vault'],
  ['another field', JSON.stringify({ ...JSON.parse(build({})), more: 1 }), 'it is not the file of a vault'],
  ['a newer format', '{"format":"gatehouse-vault","version":2}', 'it has the format 2, of a newer Gatehouse'],
])('refuses %s', (_, text, problem) => {
  expect(valuesIn(text)).toEqual({ status: 'damaged', problem });
});

it('refuses any other JSON', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(openVaultFile(text, [key]).status).toBe('damaged');
    }),
  );
});
