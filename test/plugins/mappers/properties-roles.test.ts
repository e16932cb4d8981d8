import { describe, expect, it } from 'vitest';
import { propertiesRoles } from '../../../src/plugins/mappers/properties-roles.ts';
import { mapperConformance } from '../../conformance/mapper.ts';
import { applyOne, contextOf, mappingServices, subjectNamed } from '../../support/mapping.ts';

const files = { 'roles.properties': 'eric=all,AB\neric.CallerPrincipal=Eric\n' };

mapperConformance({
  factory: propertiesRoles,
  options: {},
  services: () => mappingServices({ files }),
  mapped: { subject: subjectNamed('eric', ['old']), to: { roles: ['old', 'all', 'AB'] } },
});

describe('PropertiesRoles', () => {
  it('has no groups: what is one for UsersRoles is a user here', async () => {
    const mapper = await propertiesRoles.create('role', {}, mappingServices({ files }));
    expect((await applyOne(mapper, subjectNamed('eric.CallerPrincipal'), contextOf())).roles).toEqual(['Eric']);
  });

  it('refuses the login while there is no file, instead of giving fewer roles', async () => {
    const mapper = await propertiesRoles.create('role', { rolesProperties: 'lost' }, mappingServices());
    const mapping = applyOne(mapper, subjectNamed('eric', ['old']), contextOf());
    await expect(mapping).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });
});
