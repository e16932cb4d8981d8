/** @module Referrals between two real OpenLDAP servers: followed to servers that are configured, and to no other. */
import { createServer } from 'node:net';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ldapExtended } from '../../../login-modules/ldap-extended.ts';
import { createDirectory } from '../../../src/adapters/ldap/directory.ts';
import { referralOf } from '../../../src/adapters/ldap/referrals.ts';
import type { Directory, DirectoryOptions, DirectorySearch } from '../../../src/spi/directory.ts';
import { Secret } from '../../../src/spi/secret.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { loginWith, rolesWith } from '../../support/ldap-module.ts';
import { password } from '../../support/plugin-evidence.ts';
import { servicePassword, startSlapd } from '../../support/servers/slapd.ts';
import { personPassword, suffix } from '../../support/servers/slapd-people.ts';

const signal = new AbortController().signal;
const partner = `ou=partner,${suffix}`;
const guest = `uid=guest,${partner}`;
const unit = (name: string) => `dn: ou=${name},${suffix}\nobjectClass: organizationalUnit\nou: ${name}\n`;
const referral = (name: string, url: string) =>
  `dn: ou=${name},${suffix}\nobjectClass: referral\nobjectClass: extensibleObject\nou: ${name}\nref: ${url}\n`;

const own = await startSlapd();
const theirs = await startSlapd({
  tree: {
    suffix,
    ldif: [
      unit('partner'),
      `dn: ${guest}\nobjectClass: inetOrgPerson\nuid: guest\ncn: guest\nsn: g\nuserPassword: ${personPassword}\n`,
      ...['visitors', 'strangers'].map(
        (name) =>
          `dn: cn=${name},${partner}\nobjectClass: groupOfNames\ncn: ${name}\ndescription: uid=hnelson,ou=people,${suffix}\nmember: ${
            name === 'visitors' ? `uid=hnelson,ou=people,${suffix}` : guest
          }\n`,
      ),
    ].join('\n'),
  },
});
own.add(referral('partner', `${theirs.url}/${partner}??sub`));
theirs.add(referral('back', `${own.url}/${suffix}??sub`));

let strangers = 0;
const stranger = createServer((socket) => {
  strangers += 1;
  socket.destroy();
});
await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
const strangerAddress = stranger.address();
const strangerUrl = `ldap://127.0.0.1:${typeof strangerAddress === 'object' ? strangerAddress?.port : 0}`;
own.add(referral('stranger', `${strangerUrl}/dc=stranger??sub`));

afterAll(async () => {
  await Promise.all([own.close(), theirs.close(), new Promise((resolve) => stranger.close(resolve))]);
});

let directory: Directory;
afterEach(() => directory.close());
const service = { dn: own.service.dn, credential: new Secret(servicePassword) };
const open = (changes: Partial<DirectoryOptions>) => {
  const options = { urls: [own.url], startTls: false, service, referrals: 'follow', timeLimitMs: 5000 } as const;
  directory = createDirectory({ ...options, ...changes }, createFakeClock());
  return directory;
};
const find = (uid: string) =>
  directory.search({ base: suffix, scope: 'sub', filter: `(uid=${uid})`, attributes: ['uid'] }, signal);

describe('a referral', () => {
  it('is ignored where that is said', async () => {
    open({ referrals: 'ignore', referralUrls: [theirs.url] });
    expect([(await find('guest')).length, (await find('hnelson')).length]).toEqual([0, 1]);
  });

  it('makes an answer incomplete where that is said', async () => {
    open({ referrals: 'throw', referralUrls: [theirs.url] });
    await expect(find('hnelson')).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });

  it('is followed to a server that is configured, in a circle too', async () => {
    open({ referralUrls: [theirs.url] });
    const found = await find('guest');
    expect(found.map(({ dn, home }) => [dn, home])).toEqual([[guest, theirs.url]]);
  });

  it('leads a bind to where the entry is', async () => {
    open({ referralUrls: [theirs.url] });
    const [entry] = await find('guest');
    const bind = (text: string) => directory.bind(guest, new Secret(text), signal, entry?.home);
    expect([await bind(personPassword), await bind('wrong')]).toEqual(['verified', 'bad-credential']);
  });

  it('is followed to no server that is not configured', async () => {
    open({});
    expect([await find('guest'), strangers]).toEqual([[], 0]);
  });

  it('gives an entry once that both servers have', async () => {
    open({ referralUrls: [theirs.url] });
    const { dn } = service;
    const found = await directory.search({ base: suffix, scope: 'sub', filter: '(cn=sso)', attributes: [] }, signal);
    expect(found.map((entry) => entry.dn)).toEqual([dn]);
  });
});

describe('what a referral asks for', () => {
  const search: DirectorySearch = { base: 'dc=a', scope: 'sub', filter: '(a=b)', attributes: [] };
  const allowed = ['ldaps://one.example.com', 'ldap://127.0.0.1:1389'];
  it.each([
    ['ldap://ONE.example.com/dc=b', 'ldaps://one.example.com', 'dc=b', 'sub'],
    ['ldap://one.example.com/ou=a%20b,dc=c??one', 'ldaps://one.example.com', 'ou=a b,dc=c', 'one'],
    ['ldap://127.0.0.1:1389', 'ldap://127.0.0.1:1389', 'dc=a', 'sub'],
    ['ldap://127.0.0.1/??base', 'ldap://127.0.0.1:1389', 'dc=a', 'base'],
  ])('%s is asked of %s', (reference, url, base, scope) => {
    expect(referralOf(reference, search, allowed)).toEqual({ url, search: { ...search, base, scope } });
  });

  it.each([
    'ldap://two.example.com/dc=b',
    'ldap://one.example.com.evil.org/dc=b',
    'ldap://one.example.com@evil.org/dc=b',
    'ldap://127.0.0.1:1390/dc=b',
    'http://one.example.com/',
    'ldap://one.example.com/%zz',
    'ldap://one.example.com/%ff',
    'nonsense',
  ])('%s is asked of nobody', (reference) => {
    expect(referralOf(reference, search, allowed)).toBeUndefined();
  });
});

describe('LdapExtended with referrals', () => {
  const options = {
    'java.naming.provider.url': own.url,
    'java.naming.referral': 'throw',
    'referral-hosts': theirs.url,
    bindDN: service.dn,
    bindCredential: servicePassword,
    baseCtxDN: suffix,
    baseFilter: '(uid={0})',
    rolesCtxDN: partner.replace('ou=partner,', ''),
    roleFilter: '(description={1})',
    roleAttributeID: 'cn',
  };

  it('lets somebody of the other server in', async () => {
    const outcome = await loginWith(ldapExtended, options, password('guest', personPassword));
    expect(outcome.status).toBe('succeeded');
  });

  it('takes roles of the other server where they name the user', async () => {
    const checked = { ...options, referralUserAttributeIDToCheck: 'member' };
    expect(await rolesWith(ldapExtended, checked, 'hnelson', personPassword)).toEqual(['visitors']);
  });

  it('takes none without the option', async () => {
    expect(await rolesWith(ldapExtended, options, 'hnelson', personPassword)).toEqual([]);
  });
});
