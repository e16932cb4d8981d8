/** @module 200,000 logins through one domain leave nothing behind: heap and descriptors are flat, whatever the store. */
import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { openRealHouse, type RealModule } from '../support/real-domain.ts';
import { startSlapd } from '../support/servers/slapd.ts';
import { personPassword, suffix } from '../support/servers/slapd-people.ts';
import { openSqliteFixture } from '../support/sqlite-datasource.ts';
import { createSoakClock, type SoakResult, soak } from './soak.ts';

const logins = Number(process.env['GATEHOUSE_SOAK_LOGINS'] ?? '200000');
/**
 * What may be held more at the end than after the first tenth. One leaked object a login would be some 100 bytes × 180,000, which is
 * 18 MB; what the collector, compiled code and buffers of a connection do by themselves stays below.
 */
const mostBytesMore = 2 * 1024 * 1024;
/** A pool may still have been filling at the first mark. A descriptor for each thousandth login would be 180. */
const mostDescriptorsMore = 4;

const lockOut = { attempts: 5, perAddressAttempts: 50, windowMs: 300_000, lockMs: 300_000 };
const clock = createSoakClock();
const people = Array.from({ length: 20 }, (_, n) => ({ name: `person${n}`, password: `password of person${n}` }));
const digest = (password: string) => createHash('sha256').update(password).digest('hex');
const hashed = { hashAlgorithm: 'SHA-256', hashEncoding: 'HEX' };

const sqlite = openSqliteFixture();
sqlite.run(`create table users (name text primary key, password text);
  create table user_roles (name text, role text);
  ${people.map(({ name, password }) => `insert into users values ('${name}', '${digest(password)}'); insert into user_roles values ('${name}', 'all');`).join('\n')}`);
const slapd = await startSlapd();
const house = await openRealHouse({
  clock,
  datasources: new Map([['users', sqlite.datasource]]),
  files: {
    'users.properties': people.map(({ name, password }) => `${name}=${digest(password)}\n`).join(''),
    'roles.properties': people.map(({ name }) => `${name}=all\n`).join(''),
  },
});
afterAll(async () => {
  await house.close();
  await sqlite.close();
  await slapd.close();
});

function report(store: string, { logins: count, seconds, held, outcomes }: SoakResult): void {
  const mb = held.map(({ bytes }) => (bytes / 1024 / 1024).toFixed(1)).join(' ');
  const descriptors = held.map((one) => one.descriptors).join(' ');
  process.stdout.write(
    `${store}: ${count} logins in ${seconds.toFixed(0)} s; MB ${mb}; descriptors ${descriptors}; ${JSON.stringify(outcomes)}\n`,
  );
}

const stores: readonly (readonly [string, RealModule, readonly { name: string; password: string }[]])[] = [
  ['properties files', { code: 'UsersRoles', options: hashed }, people],
  [
    'SQLite',
    {
      code: 'Database',
      options: {
        ...hashed,
        datasource: 'users',
        principalsQuery: 'select password from users where name = ?',
        rolesQuery: `select role, 'Roles' from user_roles where name = ?`,
      },
    },
    people,
  ],
  [
    'OpenLDAP',
    {
      code: 'LdapExtended',
      options: {
        'java.naming.provider.url': slapd.url,
        bindDN: slapd.service.dn,
        bindCredential: slapd.service.password,
        baseCtxDN: `ou=people,${suffix}`,
        baseFilter: '(uid={0})',
        rolesCtxDN: `ou=groups,${suffix}`,
        roleFilter: '(member={1})',
        roleAttributeID: 'cn',
      },
    },
    ['hnelson', 'jdoe', 'asmith'].map((name) => ({ name, password: personPassword })),
  ],
];

describe.each(stores)('many logins on %s', (store, module, who) => {
  test('let in who is right, refuse the others, and leave nothing behind', async () => {
    const domain = await house.open({ name: store.replace(' ', '-'), modules: [module], lockOut });
    const result = await soak({ domain, people: who, logins, clock });
    report(store, result);
    expect(Object.keys(result.outcomes).sort()).toEqual([
      'authenticated',
      'bad-credential',
      'locked-out',
      'malformed-name',
      'unknown-user',
    ]);
    const [first, last] = [result.held[0]!, result.held.at(-1)!];
    expect(last.bytes - first.bytes).toBeLessThan(mostBytesMore);
    expect(last.descriptors - first.descriptors).toBeLessThanOrEqual(mostDescriptorsMore);
  });
});
