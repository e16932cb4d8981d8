/** @module Login module SimpleUsers: options that are users. */
import { describe, expect, it } from 'vitest';
import { simpleUsers } from '../../login-modules/simple-users.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices } from '../support/plugin-services.ts';

const bcrypt = '$2b$04$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a';

loginModuleConformance({
  factory: simpleUsers,
  options: { alice: 'secret', 1234: 5678, 'password-stacking': 'useFirstPass' },
  services: () => pluginServices(),
  accepted: { evidence: password('alice', 'secret'), name: 'alice', roles: [] },
  refused: { wrong: password('alice', 'wrong-one'), unknown: (name) => password(name, 'secret') },
  anyOption: true,
});

const login = async (options: Readonly<Record<string, unknown>>, name: string, text: string) => {
  const module = await simpleUsers.create(options, pluginServices());
  return module.login(loginContext(password(name, text)));
};

describe('SimpleUsers', () => {
  it('takes numbers of YAML as the texts that they were in JBoss', async () => {
    expect((await login({ 1234: 5678 }, '1234', '5678')).status).toBe('succeeded');
  });

  it('does not take its own options for users', async () => {
    expect(await login({ alice: 'x', hashEncoding: 'BASE64' }, 'hashEncoding', 'BASE64')).toMatchObject({
      reason: 'unknown-user',
    });
  });

  it('digests as its hash options say', async () => {
    const options = { alice: '5ebe2294ecd0e0f08eab7690d2a6ee69', hashAlgorithm: 'MD5', hashEncoding: 'HEX' };
    expect((await login(options, 'alice', 'secret')).status).toBe('succeeded');
  });

  it('verifies hashes that say what they are', async () => {
    expect((await login({ alice: bcrypt }, 'alice', bcrypt)).status).toBe('failed');
  });

  it('stops the start at a hash that it cannot verify, and names the user', async () => {
    await expect(login({ alice: '$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/' }, 'alice', 'x')).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      facts: { user: 'alice' },
    });
  });

  it.each(['usersProperties', 'rolesProperties', 'principalClass', 'module', 'inputValidator'])(
    'refuses %s, which is an option of JBoss and no user',
    (name) => {
      expect(simpleUsers.options.safeParse({ [name]: 'x' }).success).toBe(false);
    },
  );

  it('counts its users by scheme', async () => {
    const module = await simpleUsers.create({ alice: bcrypt, bob: 'x', carol: 'y' }, pluginServices());
    expect(await module.passwordReport?.(new AbortController().signal)).toEqual([
      { store: 'options of SimpleUsers in other', schemes: { plain: 2, bcrypt: 1 } },
    ]);
  });
});
