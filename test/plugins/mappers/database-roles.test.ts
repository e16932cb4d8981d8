import { afterAll, describe, expect, it } from 'vitest';
import { databaseRoles } from '../../../src/plugins/mappers/database-roles.ts';
import { mapperConformance } from '../../conformance/mapper.ts';
import { principalsAndRoles } from '../../support/database-schema.ts';
import { applyOne, contextOf, mappingServices, subjectNamed } from '../../support/mapping.ts';
import { openSqliteFixture } from '../../support/sqlite-datasource.ts';

const users = openSqliteFixture();
users.run(principalsAndRoles);
afterAll(() => users.close());
const services = () => mappingServices({ datasources: [users.datasource] });
const options = { datasource: 'users', rolesQuery: 'select Role, RoleGroup from Roles where PrincipalID = ?' };

mapperConformance({
  factory: databaseRoles,
  options,
  services,
  // Only the first column counts: a mapping module knows no groups.
  mapped: { subject: subjectNamed('alice', ['old']), to: { roles: ['old', 'all', 'AB', 'extra', 'Alice', 'r9'] } },
  asks: true,
});

describe('DatabaseRoles', () => {
  it('leaves the roles of whom the query knows nothing, where JBoss fails', async () => {
    const mapper = await databaseRoles.create('role', options, services());
    expect((await applyOne(mapper, subjectNamed('zoe', ['old']), contextOf())).roles).toEqual(['old']);
  });

  it('gives no role for NULL', async () => {
    const mapper = await databaseRoles.create('role', options, services());
    expect((await applyOne(mapper, subjectNamed('nobody', ['old']), contextOf())).roles).toEqual(['old']);
  });

  it('refuses the login when the query fails', async () => {
    const broken = { ...options, rolesQuery: 'select nothing from nowhere where x = ?' };
    const mapper = await databaseRoles.create('role', broken, services());
    const mapping = applyOne(mapper, subjectNamed('alice', ['old']), contextOf());
    await expect(mapping).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });

  it.each([undefined, 'select role from roles', 'select role from roles where a = ? and b = ?'])(
    'does not start with the query %s',
    (rolesQuery) => expect(databaseRoles.options.safeParse({ datasource: 'users', rolesQuery }).success).toBe(false),
  );
});
