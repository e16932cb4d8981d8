/** @module Login module RealmUsersRoles: the files of a realm, without the realm. */
import { describe, expect, it } from 'vitest';
import { realmUsersRoles } from '../../login-modules/realm-users-roles.ts';
import { Secret } from '../../src/spi/secret.ts';
import { hashArgon2 } from '../../src/wire/argon2.ts';
import { buildHa1 } from '../../src/wire/http-digest.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices } from '../support/plugin-services.ts';

const ha1 = buildHa1('alice', 'ApplicationRealm', 'secret');
const files = { 'users.properties': `alice=${ha1}\nplain=secret\n`, 'roles.properties': 'alice=guest\n' };
const options = { realm: 'ApplicationRealm' };

loginModuleConformance({
  factory: realmUsersRoles,
  options: { ...options, 'password-stacking': 'useFirstPass' },
  services: () => pluginServices({ files }),
  accepted: { evidence: password('alice', 'secret'), name: 'alice', roles: ['guest'] },
  refused: { wrong: password('alice', 'wrong-one'), unknown: (name) => password(name, 'secret') },
});

const login = async (raw: Readonly<Record<string, unknown>>, name: string, text: string, users = files) => {
  const module = await realmUsersRoles.create(raw, pluginServices({ files: users }));
  return (await module.login(loginContext(password(name, text)))).status;
};

describe('RealmUsersRoles', () => {
  it('does not take the stored hash for a password', async () => {
    expect(await login(options, 'alice', ha1)).toBe('failed');
  });

  it('does not take a plain password in the file for a hash', async () => {
    expect(await login(options, 'plain', 'secret')).toBe('failed');
  });

  it('has the realm in the hash', async () => {
    expect(await login({ realm: 'ManagementRealm' }, 'alice', 'secret')).toBe('failed');
  });

  it('counts the case of a hash only without ignorePasswordCase', async () => {
    const upper = { ...files, 'users.properties': `alice=${ha1.toUpperCase()}\n` };
    expect(await login(options, 'alice', 'secret', upper)).toBe('failed');
    expect(await login({ ...options, ignorePasswordCase: true }, 'alice', 'secret', upper)).toBe('succeeded');
  });

  it('verifies hashes of other kinds against the password itself', async () => {
    const phc = await hashArgon2(new Secret('secret'), new Uint8Array(16), { memoryKib: 64, passes: 1, lanes: 1 });
    const mixed = { ...files, 'users.properties': `alice=${ha1}\nbob=${phc}\n` };
    expect(await login(options, 'bob', 'secret', mixed)).toBe('succeeded');
    expect(await login(options, 'alice', 'secret', mixed)).toBe('succeeded');
    expect(await login(options, 'bob', buildHa1('bob', 'ApplicationRealm', 'secret'), mixed)).toBe('failed');
  });

  it('accepts hashAlgorithm and hashStorePassword without effect, as JBoss overrides them', async () => {
    expect(await login({ ...options, hashAlgorithm: 'SHA-256', hashStorePassword: 'true' }, 'alice', 'secret')).toBe(
      'succeeded',
    );
  });

  it('needs the name of the realm (JBoss would take the text null)', () => {
    expect(realmUsersRoles.options.safeParse({}).success).toBe(false);
  });
});
