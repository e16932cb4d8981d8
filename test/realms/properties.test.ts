/** @module Security realm `properties`: user and group files as add-user of JBoss writes them. */
import { describe, expect, it } from 'vitest';
import { propertiesRealm } from '../../realms/properties.ts';
import type { DigestEvidence } from '../../src/spi/evidence.ts';
import { Secret } from '../../src/spi/secret.ts';
import { buildDigestResponse, buildHa1 } from '../../src/wire/http-digest.ts';
import { securityRealmConformance } from '../conformance/security-realm.ts';
import { evidenceOfEachKind, password } from '../support/plugin-evidence.ts';
import { pluginServices } from '../support/plugin-services.ts';

const realmName = 'ManagementRealm';
const signal = new AbortController().signal;

function digestOf(password: string, changes: Partial<DigestEvidence> = {}): DigestEvidence {
  const shown = { ...(evidenceOfEachKind.digest as DigestEvidence), username: 'admin', realm: realmName, ...changes };
  const ha1 = buildHa1('admin', realmName, password, shown.algorithm);
  return { ...shown, response: new Secret(buildDigestResponse(ha1, shown)) };
}

const hashed = {
  'users.properties': [
    `#$REALM_NAME=${realmName}$ This line is used by the add-user command.`,
    'admin=14ffac412569a860b99a35c11577cace',
    '#disabled=14ffac412569a860b99a35c11577cace',
    'broken=admin',
    'empty=',
    '',
  ].join('\n'),
  'groups.properties': 'admin= SuperUser ,, Auditor\ndisabled=SuperUser\n',
};
const plain = { 'users.properties': 'admin=Password1!\nempty=\n' };

async function open(options: Readonly<Record<string, unknown>> = {}, files: Readonly<Record<string, string>> = hashed) {
  const services = { ...pluginServices({ files }), realm: realmName };
  const realm = await propertiesRealm.create(
    { users: 'users.properties', groups: 'groups.properties', ...options },
    services,
  );
  return { realm, services };
}

const user = { name: 'admin', password: 'Password1!' };
securityRealmConformance('properties with hashes', {
  open: async () => (await open()).realm,
  user: { ...user, groups: ['SuperUser', 'Auditor'], roles: ['SuperUser', 'Auditor'] },
  otherEvidence: [digestOf('Password1!')],
});
securityRealmConformance('properties with plain passwords', {
  open: async () => (await open({ 'plain-text': true, groups: undefined }, plain)).realm,
  user: { ...user, groups: [], roles: [] },
  otherEvidence: [digestOf('Password1!'), digestOf('Password1!', { algorithm: 'SHA-256' })],
});

// slappasswd has made this of "secret", crypt(3) the other one.
const ssha = '{SSHA}Y6MGoIJTVy/CY5zXdqcwq1ySChiKqlSv';
const sha512 =
  '$6$rounds=10000$saltsalt$WowrPBpEDVlCoruBosYlrZycTCx3//TyDHYqEhX9DUHHt0XTztUqzQDDUuvUGRA8aUe9p55hcAxeGcu58sm3u.';

describe('properties with hashes of other kinds', () => {
  it.each([true, false])('verifies passwords against them and no digests (plain-text: %s)', async (plainText) => {
    const files = { 'users.properties': `admin=${sha512}\nother=${ssha}\n` };
    const { realm } = await open({ 'plain-text': plainText, groups: undefined }, files);
    for (const name of ['admin', 'other']) {
      const identity = await realm.identity(name, signal);
      expect(await identity.verify(password(name, 'secret'))).toBe('verified');
      for (const wrong of ['Secret', '', ssha, sha512, buildHa1(name, realmName, 'secret')]) {
        expect(await identity.verify(password(name, wrong))).toBe('rejected');
      }
    }
    const admin = await realm.identity('admin', signal);
    expect(await admin.verify(digestOf('secret'))).toBe('rejected');
    expect(await admin.verify(digestOf(sha512))).toBe('rejected');
  });

  it('stops the start at one that it cannot verify, and names the user', async () => {
    const files = { 'users.properties': 'admin=$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/\n' };
    await expect(open({ groups: undefined }, files)).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      facts: { user: 'admin' },
    });
  });

  it('counts its users by scheme', async () => {
    const files = { 'users.properties': `admin=${buildHa1('admin', realmName, 'x')}\nother=${ssha}\n` };
    const { realm } = await open({ groups: undefined }, files);
    expect(await realm.passwordReport?.(signal)).toEqual([
      { store: 'file users.properties', schemes: { 'digest-ha1': 1, 'salted-sha1': 1 } },
    ]);
  });
});

describe('properties', () => {
  it('gives groups without roles when they are not mapped', async () => {
    const { realm } = await open({ 'map-groups-to-roles': 'false' });
    expect(await realm.identity('admin', signal)).toMatchObject({ groups: ['SuperUser', 'Auditor'], roles: [] });
  });

  it('has no disabled users, and gives them no groups', async () => {
    const { realm } = await open();
    expect(await realm.identity('disabled', signal)).toMatchObject({ exists: false, groups: [] });
  });

  it('never takes a stored value that is not a hash for a password', async () => {
    const { realm } = await open();
    const identity = await realm.identity('broken', signal);
    expect(await identity.verify(password('broken', 'admin'))).toBe('rejected');
  });

  it.each([
    [{}, hashed],
    [{ 'plain-text': true, groups: undefined }, plain],
  ] as const)('lets nobody in with an empty stored value (%j)', async (options, files) => {
    const identity = await (await open(options, files)).realm.identity('empty', signal);
    expect(await identity.verify(password('empty', ''))).toBe('rejected');
  });

  it('rejects a digest of another realm', async () => {
    const identity = await (await open()).realm.identity('admin', signal);
    expect(await identity.verify(digestOf('Password1!', { realm: 'Other' }))).toBe('rejected');
  });

  it('cannot check a SHA-256 digest against an MD5 hash', async () => {
    const identity = await (await open()).realm.identity('admin', signal);
    expect(await identity.verify(digestOf('Password1!', { algorithm: 'SHA-256' }))).toBe('unsupported-evidence');
  });

  it('only warns when the file is marked for another realm', async () => {
    const { services } = await open({}, { ...hashed, 'users.properties': '#$REALM_NAME=Other$\n' });
    expect(services.logger.lines).toMatchObject([{ level: 'warn', facts: { marker: 'Other' } }]);
  });

  it('warns of users without a hash, and of admin with the password admin', async () => {
    const { services } = await open({}, { ...hashed, 'users.properties': 'admin=admin\n' });
    expect(services.logger.warnings()).toHaveLength(2);
  });

  it('cannot be asked without its files, and heals when they are there', async () => {
    const { realm, services } = await open({}, {});
    await expect(realm.identity('admin', signal)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    services.files.set('users.properties', hashed['users.properties']);
    await expect(realm.identity('admin', signal)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    services.files.set('groups.properties', hashed['groups.properties']);
    expect((await realm.identity('admin', signal)).exists).toBe(true);
  });

  it('describes and bounds its options', () => {
    expect(propertiesRealm.options.safeParse({ users: 'u', path: 'x' }).success).toBe(false);
    expect(propertiesRealm.options.safeParse({}).success).toBe(false);
  });
});
