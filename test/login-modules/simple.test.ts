/** @module Login module Simple: the password is the name. */
import { describe, expect, it } from 'vitest';
import { simple } from '../../login-modules/simple.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices } from '../support/plugin-services.ts';

loginModuleConformance({
  factory: simple,
  options: { 'password-stacking': 'useFirstPass' },
  services: () => pluginServices(),
  accepted: { evidence: password('alice', 'alice'), name: 'alice', roles: ['user', 'guest'] },
  refused: { wrong: password('alice', 'wrong-one'), unknown: (name) => password(name, 'alice') },
  otherKinds: ['anonymous'],
});

describe('Simple', () => {
  it('makes a caller without name and password guest', async () => {
    const module = await simple.create({}, pluginServices());
    expect(await module.login(loginContext({ kind: 'anonymous' }))).toMatchObject({
      contribution: { identity: { name: 'guest' }, roles: ['guest'] },
    });
  });

  it('gives such a caller the name unauthenticatedIdentity, and no more than the role guest', async () => {
    const module = await simple.create({ unauthenticatedIdentity: 'visitor' }, pluginServices());
    expect(await module.login(loginContext({ kind: 'anonymous' }))).toMatchObject({
      contribution: { identity: { name: 'visitor' }, roles: ['guest'] },
    });
  });

  it('does not accept the empty name with the empty password', async () => {
    const module = await simple.create({}, pluginServices());
    expect(await module.login(loginContext(password('', '')))).toMatchObject({ reason: 'malformed-name' });
  });

  it('warns at start that it is no protection', async () => {
    const services = pluginServices();
    await simple.create({}, services);
    expect(services.logger.warnings()).toHaveLength(1);
  });
});
