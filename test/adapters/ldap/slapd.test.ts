/** @module The directory adapter on a real OpenLDAP: in the clear, by StartTLS and by LDAPS. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDirectories } from '../../../src/adapters/ldap/directories.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import type { DirectoryOptions } from '../../../src/spi/directory.ts';
import { Secret } from '../../../src/spi/secret.ts';
import { escapeFilterValue } from '../../../src/wire/ldap/filter.ts';
import { directoryConformance } from '../../conformance/directory.ts';
import { type Slapd, startSlapd } from '../../support/servers/slapd.ts';
import { awkwardNames, manyGroups, personPassword, suffix } from '../../support/servers/slapd-people.ts';

const signal = new AbortController().signal;
const directories = createDirectories(systemClock);
let slapd: Slapd;

beforeAll(async () => {
  slapd = await startSlapd();
});
afterAll(async () => {
  await directories.close();
  await slapd.close();
});

const options = (changes: Partial<DirectoryOptions> = {}): DirectoryOptions => ({
  urls: [slapd.url],
  startTls: false,
  service: { dn: slapd.service.dn, credential: new Secret(slapd.service.password) },
  referrals: 'ignore',
  timeLimitMs: 10_000,
  ...changes,
});

const ways: readonly (readonly [string, () => Partial<DirectoryOptions>])[] = [
  ['OpenLDAP', () => ({})],
  ['OpenLDAP by StartTLS', () => ({ startTls: true, authorities: { current: () => slapd.ca } })],
  ['OpenLDAP by LDAPS', () => ({ urls: [slapd.secureUrl], authorities: { current: () => slapd.ca } })],
];

for (const [name, changes] of ways) {
  const facts = () => ({
    options: options(changes()),
    base: suffix,
    nameAttribute: 'uid',
    user: {
      name: 'hnelson',
      dn: `uid=hnelson,ou=people,${suffix}`,
      password: personPassword,
      memberOf: `cn=ops,ou=groups,${suffix}`,
    },
    many: { base: `ou=many,${suffix}`, filter: '(objectClass=groupOfNames)', count: manyGroups + 1 },
    binary: { attribute: 'uid', firstByte: 'h'.charCodeAt(0) },
  });
  directoryConformance(name, facts, directories.open);
}

describe('a directory with TLS', () => {
  const search = (changes: Partial<DirectoryOptions>) => {
    const directory = directories.open(options(changes));
    const found = directory.search({ base: suffix, scope: 'base', filter: '(dc=*)', attributes: [] }, signal);
    return found.finally(() => directory.close());
  };

  it.each([
    ['LDAPS', () => ({ urls: [slapd.secureUrl] })],
    ['StartTLS', () => ({ startTls: true })],
  ])('is not believed by %s without its authority', async (_, changes) => {
    await expect(search(changes())).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      facts: { problem: expect.stringContaining('certificate') },
    });
  });

  it('is not believed under a name that its certificate does not have', async () => {
    // The same address in another spelling.
    const urls = [slapd.secureUrl.replace('127.0.0.1', '127.1')];
    await expect(search({ urls, authorities: { current: () => slapd.ca } })).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      facts: { problem: expect.stringContaining('altnames') },
    });
  });
});

describe('an OpenLDAP', () => {
  it.each(awkwardNames)('finds %j and lets him in', async (name) => {
    const directory = directories.open(options());
    const filter = `(uid=${escapeFilterValue(name)})`;
    const found = await directory.search({ base: suffix, scope: 'sub', filter, attributes: ['memberOf'] }, signal);
    const outcome = await directory.bind(found[0]?.dn ?? '', new Secret(personPassword), signal);
    await directory.close();
    expect([found.length, outcome]).toEqual([1, 'verified']);
  });

  it.each([
    ['locked', 'account-locked'],
    ['reset', 'password-expired'],
  ])('says of the account %s that it is %s', async (name, outcome) => {
    const directory = directories.open(options());
    const bound = await directory.bind(`uid=${name},ou=people,${suffix}`, new Secret(personPassword), signal);
    await directory.close();
    expect(bound).toBe(outcome);
  });

  it('reads bytes in a filter as UTF-8', async () => {
    const directory = directories.open(options());
    const filter = '(uid=Zo\\c3\\ab*)';
    const found = await directory.search({ base: suffix, scope: 'sub', filter, attributes: ['uid'] }, signal);
    await directory.close();
    expect(found.map((entry) => entry.text('uid'))).toEqual([['Zoë 李']]);
  });
});
