/** @module Login module Client: it verifies nothing, so it accepts nobody whom no other module has proved. */
import { expect, it } from 'vitest';
import { client } from '../../login-modules/client.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices, RecordingSharedState } from '../support/plugin-services.ts';

loginModuleConformance({
  factory: client,
  options: { 'password-stacking': 'useFirstPass', 'multi-threaded': 'true', 'restore-login-identity': 'true' },
  services: () => pluginServices(),
  always: 'ignored',
});

it('Client does not trust a name that was published without evidence', async () => {
  const module = await client.create({ 'password-stacking': 'useFirstPass' }, pluginServices());
  const shared = new RecordingSharedState({ name: 'admin' });
  expect((await module.login(loginContext(password('admin', 'x'), { shared }))).status).toBe('ignored');
});
