/** @module Login module SecureIdentity: for outbound connections, with a password that JBoss has encoded. */
import { describe, expect, it } from 'vitest';
import { secureIdentity } from '../../login-modules/secure-identity.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices } from '../support/plugin-services.ts';

const options = {
  username: 'sa',
  password: '5dfc52b51bd35553df8592078de921bc',
  managedConnectionFactoryName: 'jboss.jca:service=LocalTxCM,name=users',
};

loginModuleConformance({
  factory: secureIdentity,
  options,
  services: () => pluginServices(),
  always: 'failed',
  stacking: false,
});

describe('SecureIdentity', () => {
  it('refuses also the very identity that it keeps', async () => {
    const module = await secureIdentity.create(options, pluginServices());
    const outcome = await module.login(loginContext(password('sa', 'password')));
    expect(outcome).toMatchObject({ status: 'failed', reason: 'not-permitted' });
  });

  it.each([
    { username: 'sa' },
    { ...options, password: 'plain' },
    { password: options.password },
    { ...options, principal: 'sb' },
  ])('refuses the options %j', (raw) => {
    expect(secureIdentity.options.safeParse(raw).success).toBe(false);
  });

  it.each(['username', 'userName', 'principal'])('takes the user name as %s', (name) => {
    expect(secureIdentity.options.safeParse({ [name]: 'sa', password: options.password }).success).toBe(true);
  });
});
