/** @module Login module CertificateRoles: roles of distinguished names. */
import { describe, expect, it } from 'vitest';
import { certificateRoles } from '../../login-modules/certificate-roles.ts';
import type { CertificateEvidence } from '../../src/spi/evidence.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { loginContext, pluginServices, RecordingSharedState } from '../support/plugin-services.ts';
import { commonName, createTestAuthority, pemText } from '../support/signed-certificate.ts';
import { truststoreOver } from '../support/truststores.ts';

const authority = createTestAuthority();
const named = (name: string): CertificateEvidence => ({
  kind: 'certificate',
  chain: [
    authority.issue({
      subject: [
        ['2.5.4.10', 'Example, Inc.'],
        [commonName, name],
      ],
    }),
  ],
});
const alice = named('alice');
const certificates = { 'ca.pem': pemText(authority.certificate), 'alice.pem': pemText(alice.chain[0]!) };
/** As JBoss's own examples write it. */
const roles = String.raw`CN\=alice,\ O\="Example,\ Inc."=admin,user
CN\=alice,\ O\="Example,\ Inc.".CallerPrincipal=alice
CN\=alice,\ O\="Example,\ Inc.".Desk=third
alice=clerk
`;

async function services(entries: Readonly<Record<string, string>> = {}) {
  const { store } = await truststoreOver(certificates, { certificates: ['ca.pem'], entries });
  return pluginServices({ truststores: [store], files: { 'roles.properties': roles } });
}

loginModuleConformance({
  factory: certificateRoles,
  options: { 'password-stacking': 'useFirstPass', 'principal-from': 'SubjectCN' },
  services: () => services({ alice: 'alice.pem' }),
  accepted: { evidence: alice, name: 'alice', roles: ['clerk'] },
  refused: { wrong: named('alice'), unknown: named },
  trusts: 'certificate',
});

describe('CertificateRoles', () => {
  it('finds the roles of a distinguished name whose characters are escaped', async () => {
    const module = await certificateRoles.create({}, await services());
    expect(await module.login(loginContext(alice))).toEqual({
      status: 'succeeded',
      contribution: {
        identity: { name: 'CN=alice, O="Example, Inc."', type: 'x500' },
        callerPrincipal: { name: 'alice', type: 'user' },
        roles: ['admin', 'user'],
        groups: { Desk: ['third'] },
        certificate: alice.chain[0],
      },
    });
  });

  it('gives a believed certificate that the file does not know no roles', async () => {
    const module = await certificateRoles.create({}, await services());
    expect(await module.login(loginContext(named('bob')))).toMatchObject({ contribution: { roles: [] } });
  });

  it('gives the roles of a name that an earlier module has proved with the certificate', async () => {
    const module = await certificateRoles.create({ 'password-stacking': 'useFirstPass' }, await services());
    const shared = new RecordingSharedState({ name: 'alice', evidence: alice });
    expect(await module.login(loginContext(alice, { shared }))).toMatchObject({ contribution: { roles: ['clerk'] } });
  });

  it('cannot ask while there is no file of roles', async () => {
    const { store } = await truststoreOver(certificates, { certificates: ['ca.pem'] });
    const module = await certificateRoles.create({}, pluginServices({ truststores: [store] }));
    await expect(module.login(loginContext(alice))).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });
});
