/** @module What JBoss let in gets in after the import, and nobody else: the corpus on a real OpenLDAP and a real PostgreSQL. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authority, client, createCertificates } from '../support/client-certificates.ts';
import { exampleFile } from '../support/example-server.ts';
import { type ImportedHome, importHome } from '../support/imported-home.ts';
import { writeJavaKeystore } from '../support/java-keystore.ts';
import { startPostgresql } from '../support/servers/postgresql.ts';
import { startSlapd } from '../support/servers/slapd.ts';
import { personPassword } from '../support/servers/slapd-people.ts';

const made = createCertificates();
const [slapd, database] = await Promise.all([startSlapd(), startPostgresql()]);
database.run(exampleFile('database-users', 'schema.sql'));
database.run("insert into users values ('hnelson', '-'); insert into user_roles values ('hnelson', 'engineer', null)");
afterAll(async () => {
  made.remove();
  await Promise.all([slapd.close(), database.close()]);
});
const ports = { 'directory.port': new URL(slapd.url).port, 'users.db.port': database.port };

type Opened = Awaited<ReturnType<ImportedHome['open']>>;
const refused = ['denied', 'rejected'];

/** Everybody in `people` gets what is said there. */
function describeLogins(
  title: string,
  make: () => Promise<ImportedHome>,
  code: number,
  people: readonly (readonly [domain: string, name: string, password: string, outcome: readonly string[]])[],
  more?: (opened: () => Opened, home: () => ImportedHome) => void,
): void {
  describe(title, () => {
    let home: ImportedHome;
    let opened: Opened;
    beforeAll(async () => {
      home = await make();
      opened = await home.open();
    });
    afterAll(async () => {
      await opened?.close();
      await home?.[Symbol.asyncDispose]();
    });

    it(`ends the import with ${code}`, () => {
      expect(home.imported.code).toBe(code);
    });

    it.each(people)('%s answers %s with %j: %j', async (domain, name, password, outcome) => {
      expect(await opened.login(domain, name, password)).toEqual(outcome);
    });

    more?.(
      () => opened,
      () => home,
    );
  });
}

describeLogins('LDAP, with roles of a database by stacking', () => importHome('ldap-database', ports), 0, [
  ['staff', 'hnelson', personPassword, ['authenticated', 'engineer']],
  ['staff', 'hnelson', 'wrong', refused],
  ['staff', 'hnelson', '', refused],
  ['staff', 'jdoe', personPassword, refused],
  ['staff', '*', personPassword, refused],
]);

// A keytab is brought by a person; whoever types a password does not need it.
describeLogins('SPNEGO with AdvancedLdap, and its form', () => importHome('spnego', ports), 0, [
  ['form', 'hnelson', personPassword, ['authenticated', 'ops']],
  ['form', 'hnelson', 'wrong', refused],
  ['SPNEGO', 'hnelson', personPassword, ['authenticated', 'ops']],
  ['SPNEGO', 'hnelson', 'wrong', refused],
]);

describeLogins('hashed passwords in a database', () => importHome('hashed-database', ports), 1, [
  ['shop', 'eric', 'eric-password', ['authenticated', 'all']],
  ['shop', 'amar', 'amar-password', ['authenticated', 'AB']],
  ['shop', 'eric', 'amar-password', refused],
  // The hash itself is no password.
  ['shop', 'eric', 'WO67EJdzTQadpIQER0T3SbwRFGjTztvT/Wo9FjQygbA=', refused],
  ['crypt', 'eric', 'eric-password', refused],
]);

describeLogins(
  'a datasource whose password was in the vault',
  async () => {
    const home = await importHome('vaulted-datasource', ports);
    await home.addToVault('ds_UsersDS', 'password', database.password);
    return home;
  },
  0,
  [
    ['idp-domain', 'eric', 'eric-password', ['authenticated', 'all']],
    ['idp-domain', 'eric', 'wrong', refused],
    // SecureIdentity let everybody in; here it is what a connection is opened with.
    ['ds-account', 'gatehouse', database.password, refused],
  ],
);

describeLogins('the realms as shipped, by RealmDirect', () => importHome('shipped'), 0, [
  ['other', 'sarah', 'sarah-Meadow-51', ['authenticated', 'sample']],
  ['other', 'frank', 'frank-Fjord-62', ['authenticated']],
  ['other', 'susan', 'susan-Quartz-73', refused],
  ['other', 'sarah', 'frank-Fjord-62', refused],
]);

describeLogins('the identity provider of PicketLink', () => importHome('picketlink'), 0, [
  ['idp', 'tomcat', 'tomcat-Linden-84', ['authenticated', 'employee', 'manager']],
  ['idp', 'tomcat', 'wrong', refused],
  // The constant that SAML2LoginModule took for a password.
  ['sp', 'tomcat', 'EMPTY_STR', refused],
]);

describeLogins('schema 1.0, and a domain without authentication', () => importHome('schema-1.0'), 0, [
  ['simple', 'jane', 'jane-Copper-16', ['authenticated']],
  ['simple', 'jane', 'jane-Willow-27', ['authenticated', 'sample']],
  ['simple', 'john', 'john-Cedar-38', ['authenticated']],
  ['inherits', 'jane', 'jane-Willow-27', ['authenticated', 'sample']],
  ['inherits', 'jane', 'jane-Copper-16', refused],
]);

describeLogins('schema 1.1, with a class of its own', () => importHome('schema-1.1'), 1, [
  ['mapped', 'jane', 'jane-Willow-27', ['authenticated', 'auditor', 'sample']],
  ['mapped', 'john', 'john-Cedar-38', ['authenticated']],
  ['by-xacml', 'jane', 'jane-Willow-27', refused],
  ['mechanisms', 'jane', 'jane-Willow-27', ['authenticated', 'sample']],
  ['mechanisms', 'jane', 'wrong', refused],
  // Simple would let her in: its mechanism could not be kept.
  ['own-mechanism', 'jane', 'jane', refused],
]);

const root = made.issue('root', { extensions: authority(), subject: '/O=Example/CN=Root' });
const jane = made.issue('jane', { issuer: root, extensions: client, subject: '/CN=jane' });
const other = made.issue('other', { issuer: root, extensions: client, subject: '/CN=other' });
const stranger = made.issue('stranger', { extensions: client, subject: '/CN=jane' });
const truststore = writeJavaKeystore({ 'CN=jane': jane.der, root: root.der }, 'changeit');

describeLogins(
  'client certificates, with roles in a file',
  () => importHome('certificates', {}, { 'clients.truststore': truststore }),
  0,
  [['client-certificates', 'CN=jane', '', refused]],
  (opened) => {
    it.each([
      ['client-certificates', 'the one in the truststore', jane, ['authenticated', 'sample']],
      ['client-certificates', 'another one of the same authority', other, refused],
      ['client-certificates', 'a forged one', stranger, refused],
      ['any-certificate', 'one of the authority', other, ['authenticated']],
      ['any-certificate', 'a forged one', stranger, refused],
    ])('%s answers %s', async (domain, _, { pem }, outcome) => {
      expect(await opened().loginWithCertificate(domain, pem)).toEqual(outcome);
    });
  },
);
