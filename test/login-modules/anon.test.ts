/** @module Login module Anon: callers who showed nothing, and nobody else. */
import { describe, expect, it } from 'vitest';
import { anon } from '../../login-modules/anon.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { evidenceOfEachKind, password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices } from '../support/plugin-services.ts';

loginModuleConformance({
  factory: anon,
  options: { unauthenticatedIdentity: 'visitor', 'password-stacking': 'useFirstPass' },
  services: () => pluginServices(),
  accepted: { evidence: evidenceOfEachKind.anonymous, name: 'visitor', roles: [] },
  publishes: 'nothing',
});

describe('Anon', () => {
  it.each([password('visitor', ''), password('', ''), password('visitor', 'visitor')])(
    'refuses a name and a password, also empty ones (%j)',
    async (evidence) => {
      const module = await anon.create({ unauthenticatedIdentity: 'visitor' }, pluginServices());
      expect((await module.login(loginContext(evidence))).status).toBe('failed');
    },
  );

  it('accepts nobody without unauthenticatedIdentity, and warns at start', async () => {
    const services = pluginServices();
    const module = await anon.create({}, services);
    expect(services.logger.warnings()).toHaveLength(1);
    expect((await module.login(loginContext({ kind: 'anonymous' }))).status).toBe('failed');
  });
});
