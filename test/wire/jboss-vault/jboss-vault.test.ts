/** @module Vaults that PicketBox and keytool have made, and what is no vault. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GatehouseError } from '../../../src/spi/errors.ts';
import { Secret } from '../../../src/spi/secret.ts';
import { type JbossVaultParts, readJbossVault } from '../../../src/wire/jboss-vault/jboss-vault.ts';
import { unmaskPassword } from '../../../src/wire/jboss-vault/mask.ts';
import { projectRoot } from '../../architecture/planted-tree.ts';

const file = (name: string) => readFileSync(join(projectRoot, 'test/fixtures/jboss-vault', name));
const lines = file('masks.tsv')
  .toString('utf8')
  .split('\n')
  .map((line) => line.split('\t'));
const [, clear = '', salt = '', count = '', masked = ''] = lines.find(([kind]) => kind === 'keystore') ?? [];
const password = { kind: 'masked', masked, salt, iterations: Number(count) } as const;
const parts: JbossVaultParts = { keystore: file('vault.keystore'), data: file('VAULT.dat'), alias: 'vault', password };

function problemOf(changed: Partial<JbossVaultParts>): string | undefined {
  try {
    readJbossVault({ ...parts, ...changed });
    return undefined;
  } catch (error) {
    if (!(error instanceof GatehouseError) || error.code !== 'ERR_JBOSS_VAULT') throw error;
    return String(error.facts['problem']);
  }
}

describe('a vault of JBoss', () => {
  it('gives every value that PicketBox has put in', () => {
    const { values, unnameable } = readJbossVault(parts);
    const found = Object.fromEntries(
      values.map(({ name, value }) => [`${name.block}/${name.attribute}`, value.reveal()]),
    );
    expect(found).toEqual({
      'ds_users/password': 'datasource-Kestrel-41',
      'ldap/bindCredential': 'bind-Plover-52',
      'vb/password': 'vb-Curlew-63',
      'vb/with spaces and ünïcode €': 'Grüße, 世界',
      'vb/empty': '',
      'vb/block-long': '0123456789abcdef',
      ...Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`many/attribute${index}`, `value-${index}`])),
    });
    expect(unnameable).toEqual([]);
  });

  it('opens with the clear password too, and its alias in any case', () => {
    const opened = readJbossVault({ ...parts, alias: 'Vault', password: { kind: 'clear', text: new Secret(clear) } });
    expect(opened.values).toHaveLength(46);
  });

  it.each([
    ['another salt', { password: { ...password, salt: '87654321' } }, 'masked with another salt'],
    ['a salt that is too short', { password: { ...password, salt: '1234567' } }, 'masked with another salt'],
    ['another count', { password: { ...password, iterations: 24 } }, 'masked with another salt'],
    ['a count beyond the limit', { password: { ...password, iterations: 1e9 } }, 'masked with another salt'],
    ['a password that is not masked', { password: { ...password, masked: clear } }, 'is not masked'],
    ['another password', { password: { kind: 'clear', text: new Secret('wrong') } }, 'the password is another one'],
    ['another alias', { alias: 'other' }, 'no secret key under this alias (it has: vault)'],
    ['the key of another vault', { keystore: file('wrong-key.keystore') }, 'made with another key'],
    ['a keystore of type JKS', { keystore: Buffer.from('feedfeed00000002', 'hex') }, 'it is of type JKS'],
    ['a keystore of type PKCS12', { keystore: Buffer.from('3082', 'hex') }, 'it is not of type JCEKS'],
    ['no keystore', { keystore: new Uint8Array() }, 'it is not of type JCEKS'],
    ['no data', { data: new Uint8Array() }, 'it ends too early'],
    ['a keystore in the place of the data', { data: parts.keystore }, 'it is no object stream of Java'],
  ] as const)('is refused with %s', (_, changed, problem) => {
    expect(problemOf(changed as Partial<JbossVaultParts>)).toContain(problem);
  });

  it('finds its key among entries of other kinds', () => {
    expect(problemOf({ keystore: file('mixed.keystore') })).toContain('made with another key');
    expect(problemOf({ keystore: file('mixed.keystore'), alias: 'other' })).toContain('not an AES key');
    expect(problemOf({ keystore: file('mixed.keystore'), alias: 'pair' })).toContain('(it has: other, vault)');
  });
});

describe('a masked password', () => {
  it.each(lines.filter(([kind]) => kind === 'mask'))(
    'is read as PicketBox has masked it: %s %j %j %s',
    (_, ...line) => {
      const [text, ownSalt = '', iterations, mask = ''] = line;
      expect(unmaskPassword(mask, ownSalt, Number(iterations))?.reveal()).toBe(text);
    },
  );

  it.each(['MASK-', 'MASK-___', 'MASK-!', 'MASK-a', `MASK-${'a'.repeat(2000)}`, 'mask-2wa5NTU7p//', ''])(
    'is not %j',
    (text) => {
      expect(unmaskPassword(text, 'salt0000', 1)).toBeUndefined();
    },
  );
});
