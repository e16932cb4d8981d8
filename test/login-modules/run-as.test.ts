/** @module Login module RunAs: an identity that is nobody's name and nobody's role. */
import { describe, expect, it } from 'vitest';
import { runAs } from '../../login-modules/run-as.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { allEvidenceKinds, password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices } from '../support/plugin-services.ts';

loginModuleConformance({
  factory: runAs,
  options: { principalName: 'batch', roleName: 'reports' },
  services: () => pluginServices(),
  accepted: { evidence: password('anybody', 'anything'), roles: [] },
  otherKinds: allEvidenceKinds,
  publishes: 'nothing',
  stacking: false,
});

describe('RunAs', () => {
  it('contributes two groups, neither a name nor a role of the caller', async () => {
    const module = await runAs.create({ principalName: 'batch', roleName: 'reports' }, pluginServices());
    expect(await module.login(loginContext(password('alice', 'x')))).toEqual({
      status: 'succeeded',
      contribution: { roles: [], groups: { RunAs: ['batch'], RunAsRoles: ['reports'] } },
    });
  });

  it('is nobody with the role nobody by default', async () => {
    const module = await runAs.create({}, pluginServices());
    expect(await module.login(loginContext(password('alice', 'x')))).toMatchObject({
      contribution: { groups: { RunAs: ['nobody'], RunAsRoles: ['nobody'] } },
    });
  });
});
