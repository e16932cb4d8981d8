/** @module Login module Certificate: what a truststore believes, under the name that the certificate gives. */
import { describe, expect, it } from 'vitest';
import { certificate } from '../../login-modules/certificate.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import type { CertificateEvidence } from '../../src/spi/evidence.ts';
import type { Truststore } from '../../src/spi/truststore.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { evidenceOfEachKind } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices, RecordingSharedState } from '../support/plugin-services.ts';
import { commonName, createTestAuthority, pemText } from '../support/signed-certificate.ts';
import { truststoreOver } from '../support/truststores.ts';

const authority = createTestAuthority();
const named = (name: string): CertificateEvidence => ({
  kind: 'certificate',
  chain: [
    authority.issue({
      subject: [
        ['2.5.4.6', 'DE'],
        [commonName, name],
      ],
    }),
  ],
});
const alice = named('alice');
const files = { 'ca.pem': pemText(authority.certificate), 'alice.pem': pemText(alice.chain[0]!) };

async function services(entries: Readonly<Record<string, string>> = {}) {
  const { store } = await truststoreOver(files, { certificates: ['ca.pem'], entries });
  return pluginServices({ truststores: [store] });
}

loginModuleConformance({
  factory: certificate,
  options: { 'password-stacking': 'useFirstPass', 'principal-from': 'SubjectCN' },
  services: () => services({ alice: 'alice.pem' }),
  accepted: { evidence: alice, name: 'alice', roles: [] },
  refused: { wrong: named('alice'), unknown: named },
  trusts: 'certificate',
});

/** Asked for a revocation that nobody answers. */
class SilentTruststore implements Truststore {
  readonly name = 'other';
  readonly hasEntries = false;
  find(): undefined {
    return undefined;
  }
  validate(): Promise<never> {
    return Promise.reject(new GatehouseError('ERR_STORE_UNAVAILABLE', 'down'));
  }
}

describe('Certificate', () => {
  it('takes the subject for the name, as Java writes it', async () => {
    const module = await certificate.create({}, await services());
    const outcome = await module.login(loginContext(alice));
    expect(outcome).toMatchObject({ contribution: { identity: { name: 'CN=alice, C=DE', type: 'x500' } } });
  });

  it('compares with the entry under the name of the login', async () => {
    const module = await certificate.create({}, await services({ 'CN=alice, C=DE': 'alice.pem' }));
    expect((await module.login(loginContext(alice))).status).toBe('succeeded');
    expect(await module.login(loginContext(named('alice')))).toMatchObject({ reason: 'bad-credential' });
    expect(await module.login(loginContext(named('bob')))).toMatchObject({ reason: 'unknown-user' });
  });

  it('says why the truststore refuses', async () => {
    const foreign = createTestAuthority('another').issue({ subject: [[commonName, 'alice']] });
    const module = await certificate.create({}, await services());
    expect(await module.login(loginContext({ kind: 'certificate', chain: [foreign] }))).toEqual({
      status: 'failed',
      reason: 'bad-credential',
      note: 'no-path, CN=alice',
    });
  });

  it.each([
    ['no certificate', []],
    ['more than ten', Array.from({ length: 11 }, () => alice.chain[0]!)],
    ['one of more than 16 KiB', [new Uint8Array(16 * 1024 + 1)]],
    ['bytes that are none', [new Uint8Array([1, 2, 3])]],
  ])('refuses a chain of %s', async (_what, chain) => {
    const module = await certificate.create({}, await services());
    const outcome = await module.login(loginContext({ kind: 'certificate', chain }));
    expect(outcome).toMatchObject({ status: 'failed', reason: 'bad-credential' });
  });

  it('does not take a proved password for a certificate', async () => {
    const module = await certificate.create({ 'password-stacking': 'useFirstPass' }, await services());
    const shared = new RecordingSharedState({ name: 'alice', evidence: evidenceOfEachKind.password });
    expect(await module.login(loginContext(evidenceOfEachKind.password, { shared }))).toMatchObject({
      status: 'failed',
      reason: 'unsupported-evidence',
    });
  });

  it('gives who showed nothing the name of unauthenticatedIdentity, if there is one', async () => {
    const module = await certificate.create({ unauthenticatedIdentity: 'nobody' }, await services());
    const outcome = await module.login(loginContext({ kind: 'anonymous' }));
    expect(outcome).toMatchObject({ contribution: { identity: { name: 'nobody' } } });
  });

  it('cannot ask while a revocation cannot be asked for', async () => {
    const module = await certificate.create({}, pluginServices({ truststores: [new SilentTruststore()] }));
    await expect(module.login(loginContext(alice))).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });

  it('stops the start when there is no such truststore', async () => {
    await expect(certificate.create({ truststore: 'none' }, await services())).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
    });
  });

  it('finds the truststore of a securityDomain that is written as in JNDI', async () => {
    const module = await certificate.create({ securityDomain: 'java:/jaas/other' }, await services());
    expect((await module.login(loginContext(alice))).status).toBe('succeeded');
  });

  it.each(['org.jboss.security.auth.certs.AnyCertVerifier', 'com.example.Verifier'])(
    'refuses the verifier %s',
    (verifier) => {
      expect(certificate.options.safeParse({ verifier }).success).toBe(false);
    },
  );
});
