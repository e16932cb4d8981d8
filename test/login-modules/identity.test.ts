/** @module Login module Identity: one name for everybody. */
import { describe, expect, it } from 'vitest';
import { identity } from '../../login-modules/identity.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { allEvidenceKinds, password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices } from '../support/plugin-services.ts';

loginModuleConformance({
  factory: identity,
  options: { principal: 'batch', roles: 'reader, ,writer', 'password-stacking': 'useFirstPass' },
  services: () => pluginServices(),
  accepted: { evidence: password('anybody', 'anything'), name: 'batch', roles: ['reader', 'writer'] },
  otherKinds: allEvidenceKinds,
  publishes: 'name-only',
});

describe('Identity', () => {
  it('calls everybody guest, without roles, by default', async () => {
    const module = await identity.create({}, pluginServices());
    expect(await module.login(loginContext({ kind: 'anonymous' }))).toEqual({
      status: 'succeeded',
      contribution: { identity: { name: 'guest', type: 'user' }, roles: [] },
    });
  });
});
