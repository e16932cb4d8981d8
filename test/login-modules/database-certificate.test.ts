/** @module Login module DatabaseCertificate: a certificate that a truststore believes, roles out of a database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseCertificate } from '../../login-modules/database-certificate.ts';
import { openTruststore } from '../../src/adapters/pki/truststore.ts';
import type { CertificateEvidence } from '../../src/spi/evidence.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { authority, createCertificates, type IssuedCertificate } from '../support/client-certificates.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { evidenceOfEachKind, password } from '../support/plugin-evidence.ts';
import { loginContext, MemoryFiles, pluginServices, RecordingSharedState } from '../support/plugin-services.ts';
import { openSqliteFixture, type SqliteFixture } from '../support/sqlite-datasource.ts';

const certificates = createCertificates();
const ca = certificates.issue('ca', { extensions: authority() });
const issue = (name: string, options: { readonly issuer?: IssuedCertificate } = { issuer: ca }) =>
  certificates.issue(name, { subject: `/C=DE/O=Example/CN=${name}`, ...options });
const alice = issue('alice');
const bob = issue('bob');
const foreign = certificates.issue('foreign', { subject: '/C=DE/O=Example/CN=alice' });

const shows = (certificate: IssuedCertificate): CertificateEvidence => ({
  kind: 'certificate',
  chain: [certificate.der],
});

let store: SqliteFixture;
beforeAll(() => {
  store = openSqliteFixture();
  store.run(`create table Roles (PrincipalID varchar(300), Role varchar(300), RoleGroup varchar(300));
    insert into Roles values ('CN=alice, O=Example, C=DE', 'all', 'Roles'), ('CN=alice, O=Example, C=DE', 'AB', null),
      ('stacked', 'all', 'Roles'), ('alice', 'short', 'Roles')`);
});
afterAll(async () => {
  await store.close();
  certificates.remove();
});

async function services() {
  const { watchFile, watchBytes } = new MemoryFiles({ 'ca.pem': ca.pem });
  const truststore = await openTruststore(
    {
      ...{ name: 'clients', certificates: ['ca.pem'], intermediates: [], entries: {} },
      ...{ crl: [], crlHosts: [], revocationScope: 'chain' },
    },
    {
      watchFile,
      watchBytes,
      clock: createFakeClock(),
      random: createFakeRandom(),
    },
  );
  return pluginServices({ truststores: [truststore], datasources: [store.datasource] });
}

const options = { truststore: 'clients', datasource: 'users' };

loginModuleConformance({
  factory: databaseCertificate,
  options: { ...options, 'password-stacking': 'useFirstPass' },
  services,
  accepted: { evidence: shows(alice), name: 'CN=alice, O=Example, C=DE', roles: ['all', 'AB'] },
  trusts: 'certificate',
});

describe('DatabaseCertificate', () => {
  async function login(changes: Readonly<Record<string, unknown>>, context: Parameters<typeof loginContext>) {
    const module = await databaseCertificate.create({ ...options, ...changes }, await services());
    return module.login(loginContext(...context));
  }

  it('refuses a certificate whose name has no row of roles, and publishes nothing', async () => {
    const shared = new RecordingSharedState();
    expect(await login({}, [shows(bob), { shared }])).toMatchObject({ status: 'failed', reason: 'no-roles' });
    expect(shared.published).toEqual([]);
  });

  it('lets it in where unauthenticatedIdentity is set', async () => {
    expect(await login({ unauthenticatedIdentity: 'guest' }, [shows(bob)])).toMatchObject({
      status: 'succeeded',
      contribution: { roles: [] },
    });
  });

  it('refuses a certificate of somebody else who calls himself the same', async () => {
    expect(await login({}, [shows(foreign)])).toMatchObject({ status: 'failed', reason: 'bad-credential' });
  });

  it('asks for the name that principal-from says', async () => {
    expect(await login({ 'principal-from': 'SubjectCN' }, [shows(alice)])).toMatchObject({
      contribution: { identity: { name: 'alice' }, roles: ['short'] },
    });
  });

  it('gives roles to a certificate that an earlier module has checked, and to no password', async () => {
    const stacked = (evidence: CertificateEvidence | ReturnType<typeof password>) => ({
      shared: new RecordingSharedState({ name: 'stacked', evidence }),
    });
    expect(await login({}, [shows(alice), stacked(shows(alice))])).toMatchObject({ contribution: { roles: ['all'] } });
    expect(await login({}, [shows(alice), stacked(password('stacked', 'x'))])).toMatchObject({ status: 'failed' });
  });

  it('cannot ask when the database cannot be asked', async () => {
    const rolesQuery = 'select Role, RoleGroup from NoSuchTable where PrincipalID = ?';
    await expect(login({ rolesQuery }, [shows(alice)])).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });

  it.each([{ rolesQuery: 'select Role from Roles' }, { verifier: 'org.jboss.security.auth.certs.AnyCertVerifier' }])(
    'refuses the options %j at start',
    (changes) => {
      expect(databaseCertificate.options.safeParse({ ...options, ...changes }).success).toBe(false);
    },
  );

  it("has JBoss's defaults", () => {
    expect(databaseCertificate.options.parse({})).toMatchObject({
      securityDomain: 'other',
      dsJndiName: 'java:/DefaultDS',
      rolesQuery: 'select Role, RoleGroup from Roles where PrincipalID=?',
    });
  });

  it('does not take a password', async () => {
    expect(await login({}, [evidenceOfEachKind.password])).toMatchObject({ reason: 'unsupported-evidence' });
  });
});
