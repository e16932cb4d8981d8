/** @module Login module Disabled: always ignored. */
import { expect, it } from 'vitest';
import { disabled } from '../../login-modules/disabled.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { pluginServices } from '../support/plugin-services.ts';

loginModuleConformance({
  factory: disabled,
  options: {},
  services: () => pluginServices(),
  always: 'ignored',
  stacking: false,
});

it('Disabled warns at start', async () => {
  const services = pluginServices();
  await disabled.create({}, services);
  expect(services.logger.warnings()).toHaveLength(1);
});
