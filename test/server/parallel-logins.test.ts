/** @module Many logins at once, in domains on different real stores, with names that all of them have: nobody becomes somebody else. */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Secret } from '../../src/spi/secret.ts';
import type { SecurityDomain } from '../../src/spi/security-domain.ts';
import { openRealHouse } from '../support/real-domain.ts';
import { openSqliteFixture } from '../support/sqlite-datasource.ts';

const names = Array.from({ length: 40 }, (_, n) => `user${n}`);
const stores = ['files', 'database', 'stacked'] as const;
type Store = (typeof stores)[number];

/** One name has another password in each store. */
const passwordOf = (store: Store, name: string) => `${store === 'stacked' ? 'files' : store} password of ${name}`;
/** Every role says whose it is and who gave it. */
const rolesOf = (store: Store, name: string) => {
  const given = { files: [`files ${name}`], database: [`database ${name}`] };
  return store === 'stacked' ? [...given.files, ...given.database] : given[store];
};

const sqlite = openSqliteFixture();
sqlite.run(`create table users (name text primary key, password text); create table user_roles (name text, role text);
  ${names
    .map(
      (name) =>
        `insert into users values ('${name}', '${passwordOf('database', name)}'); insert into user_roles values ('${name}', 'database ${name}');`,
    )
    .join('\n')}`);
const lines = (value: (name: string) => string) => names.map((name) => `${name}=${value(name)}\n`).join('');
const house = await openRealHouse({
  datasources: new Map([['users', sqlite.datasource]]),
  files: {
    'users.properties': lines((name) => passwordOf('files', name)),
    'roles.properties': lines((name) => `files ${name}`),
  },
});
const database = {
  code: 'Database',
  options: {
    datasource: 'users',
    principalsQuery: 'select password from users where name = ?',
    rolesQuery: `select role, 'Roles' from user_roles where name = ?`,
  },
};
const stacking = { 'password-stacking': 'useFirstPass' };
const domains: Readonly<Record<Store, SecurityDomain>> = {
  files: await house.open({ name: 'files', modules: [{ code: 'UsersRoles', options: {} }] }),
  database: await house.open({ name: 'database', modules: [database] }),
  // The second module never sees a password that it would know: its roles are for the name that the first one has proved.
  stacked: await house.open({
    name: 'stacked',
    modules: [
      { code: 'UsersRoles', options: stacking },
      { ...database, options: { ...database.options, ...stacking } },
    ],
  }),
};
afterAll(async () => {
  await house.close();
  await sqlite.close();
});

interface Attempt {
  readonly store: Store;
  readonly name: string;
  /** Whose password is typed, and of which store. */
  readonly typed: { readonly store: Store; readonly name: string };
}

const attempt: fc.Arbitrary<Attempt> = fc
  .record({
    store: fc.constantFrom(...stores),
    name: fc.constantFrom(...names),
    other: fc.option(fc.record({ store: fc.constantFrom(...stores), name: fc.constantFrom(...names) }), { freq: 2 }),
  })
  .map(({ store, name, other }) => ({ store, name, typed: other ?? { store, name } }));

async function outcomeOf({ store, name, typed }: Attempt) {
  const password = new Secret(passwordOf(typed.store, typed.name));
  const request = { sourceAddress: '192.0.2.1', mechanism: 'FORM' };
  const result = await domains[store].login({ kind: 'password', username: name, password }, request);
  return result.status === 'authenticated'
    ? { name: result.subject.callerPrincipal.name, roles: result.subject.roles, domain: result.trace.domain }
    : result.status;
}

function expectedOf({ store, name, typed }: Attempt) {
  return passwordOf(store, name) === passwordOf(typed.store, typed.name)
    ? { name, roles: rolesOf(store, name), domain: store }
    : 'denied';
}

describe('100 logins at once in three domains', () => {
  test('give each the person, the roles and the domain that are his, or nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(attempt, { minLength: 100, maxLength: 100 }), async (attempts) => {
        const outcomes = await Promise.all(attempts.map((one) => outcomeOf(one)));
        expect(outcomes).toEqual(attempts.map((one) => expectedOf(one)));
      }),
      { numRuns: 20 },
    );
  });
});
