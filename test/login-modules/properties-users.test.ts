/** @module Login module PropertiesUsers: the users file of UsersRoles, without roles. */
import { describe, expect, it } from 'vitest';
import { propertiesUsers } from '../../login-modules/properties-users.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices } from '../support/plugin-services.ts';

const files = { 'users.properties': 'alice=secret\n', 'other.properties': 'bob=hidden\n' };

loginModuleConformance({
  factory: propertiesUsers,
  options: { 'password-stacking': 'useFirstPass' },
  services: () => pluginServices({ files }),
  accepted: { evidence: password('alice', 'secret'), name: 'alice', roles: [] },
  refused: { wrong: password('alice', 'wrong-one'), unknown: (name) => password(name, 'secret') },
});

describe('PropertiesUsers', () => {
  it.each(['usersProperties', 'properties'])('takes the name of the file as %s', async (name) => {
    const module = await propertiesUsers.create({ [name]: 'other.properties' }, pluginServices({ files }));
    expect((await module.login(loginContext(password('bob', 'hidden')))).status).toBe('succeeded');
  });

  it('rehashes as UsersRoles does', async () => {
    const services = pluginServices({ files });
    const module = await propertiesUsers.create({ rehash: true }, services);
    expect((await module.login(loginContext(password('alice', 'secret')))).status).toBe('succeeded');
    expect(services.files.get('users.properties')).toMatch(/^alice=\$argon2id\$/);
    expect((await module.login(loginContext(password('alice', 'secret')))).status).toBe('succeeded');
  });

  it.each([
    { properties: 'a', usersProperties: 'b' },
    { passwordIsA1Hash: true },
    { rolesProperties: 'roles.properties' },
    { rehash: true, ignorePasswordCase: true },
  ])('refuses the options %j', (options) => {
    expect(propertiesUsers.options.safeParse(options).success).toBe(false);
  });
});
