/** @module Login module ConfiguredIdentity: for outbound connections; nobody signs in with it. */
import { describe, expect, it } from 'vitest';
import { configuredIdentity } from '../../login-modules/configured-identity.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices } from '../support/plugin-services.ts';

const options = { principal: 'sa', username: 'sa', password: 'outbound' };

loginModuleConformance({
  factory: configuredIdentity,
  options,
  services: () => pluginServices(),
  always: 'failed',
  stacking: false,
});

describe('ConfiguredIdentity', () => {
  it('refuses also the very identity that it keeps, and says that it is for outbound connections', async () => {
    const module = await configuredIdentity.create(options, pluginServices());
    const outcome = await module.login(loginContext(password('sa', 'outbound')));
    expect(outcome).toMatchObject({ status: 'failed', reason: 'not-permitted' });
    expect(JSON.stringify(outcome)).not.toContain('"outbound"');
  });

  it('warns at start', async () => {
    const services = pluginServices();
    await configuredIdentity.create(options, services);
    expect(services.logger.warnings()).toHaveLength(1);
    expect(JSON.stringify(services.logger.lines)).not.toContain('"outbound"');
  });

  it.each([{}, { password: 'x' }, { username: 'a', userName: 'b' }])('refuses the options %j', (raw) => {
    expect(configuredIdentity.options.safeParse(raw).success).toBe(false);
  });
});
