/** @module The directory adapter on a real Active Directory: Samba as domain controller. */
import { afterAll, describe, expect, it } from 'vitest';
import { createDirectories } from '../../../src/adapters/ldap/directories.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import { Secret } from '../../../src/spi/secret.ts';
import { escapeFilterBytes } from '../../../src/wire/ldap/filter.ts';
import { directoryConformance } from '../../conformance/directory.ts';
import { startSamba } from '../../support/servers/samba.ts';
import { adPassword, base, lockoutThreshold, manyContacts, serviceDn } from '../../support/servers/samba-people.ts';

const signal = new AbortController().signal;
const directories = createDirectories(systemClock);
const samba = await startSamba();
afterAll(async () => {
  await directories.close();
  await samba.close();
});

const options = {
  urls: [samba.url],
  startTls: true,
  authorities: { current: () => samba.ca },
  service: { dn: serviceDn, credential: new Secret(adPassword) },
  referrals: 'ignore',
  timeLimitMs: 10_000,
  // It writes down each wrong password, one after the other.
  answerTimeoutMs: 15_000,
} as const;
const user = `CN=hnelson,CN=Users,${base}`;

directoryConformance(
  'Active Directory',
  () => ({
    options,
    base,
    nameAttribute: 'sAMAccountName',
    user: { name: 'hnelson', dn: user, password: adPassword, memberOf: `CN=ops,CN=Users,${base}` },
    many: { base: `OU=many,${base}`, filter: '(objectClass=contact)', count: manyContacts },
    binary: { attribute: 'objectSid', firstByte: 1 },
  }),
  directories.open,
);

describe('an Active Directory', () => {
  const directory = directories.open({ ...options, urls: [samba.secureUrl], startTls: false });
  const bind = (dn: string, password = adPassword) => directory.bind(dn, new Secret(password), signal);

  it.each([
    ['CN=off,CN=Users', 'account-disabled'],
    ['CN=gone,CN=Users', 'account-disabled'],
    ['CN=new,CN=Users', 'password-expired'],
  ])('says why it does not let %s in', async (rdn, outcome) => {
    expect(await bind(`${rdn},${base}`)).toBe(outcome);
  });

  it('says nothing of an account to somebody without its password', async () => {
    expect(await bind(`CN=off,CN=Users,${base}`, 'wrong')).toBe('bad-credential');
  });

  it('gives all values of an attribute that it gives in parts', async () => {
    // Asked for from the first value to the first: Samba, which has no parts of its own accord, says that there are more.
    const search = { base: `CN=staff,CN=Users,${base}`, scope: 'base', filter: '(objectClass=*)' } as const;
    const [entry] = await directory.search({ ...search, attributes: ['member;range=0-0'] }, signal);
    const members = ['admins', 'jdoe', 'ring'].map((name) => `CN=${name},CN=Users,${base}`);
    expect(entry?.text('member').toSorted()).toEqual(members);
  });

  it('locks an account whose password is guessed at', async () => {
    for (let guess = 0; guess < lockoutThreshold; guess += 1) await bind(`CN=guessed,CN=Users,${base}`, 'wrong');
    expect(await bind(`CN=guessed,CN=Users,${base}`)).toBe('account-locked');
  });

  it.each(['hnelson@ad.example.com', 'ADEX\\hnelson'])('knows %s', async (name) => {
    expect(await bind(name)).toBe('verified');
  });

  it('finds an entry by bytes', async () => {
    const whole = { base: user, scope: 'base', filter: '(objectClass=*)', attributes: [] } as const;
    const [entry] = await directory.search({ ...whole, binary: ['objectSid'] }, signal);
    const filter = `(objectSid=${escapeFilterBytes(entry?.bytes('objectSid')[0] ?? new Uint8Array())})`;
    const found = await directory.search({ base, scope: 'sub', filter, attributes: [] }, signal);
    expect(found.map(({ dn }) => dn)).toEqual([user]);
  });

  it('follows nested groups by its matching rule', async () => {
    const filter = `(&(objectClass=group)(member:1.2.840.113556.1.4.1941:=${user}))`;
    const found = await directory.search({ base, scope: 'sub', filter, attributes: ['cn'] }, signal);
    expect(found.flatMap((entry) => entry.text('cn')).toSorted()).toEqual(['admins', 'ops', 'ring', 'staff']);
  });

  it('is not asked in the clear', async () => {
    const plain = directories.open({ ...options, startTls: false });
    const asked = plain.bind(user, new Secret(adPassword), signal);
    await expect(asked).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    await plain.close();
  });
});
