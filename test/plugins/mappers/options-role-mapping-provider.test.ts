import { describe, expect, it } from 'vitest';
import { optionsRoleMappingProvider } from '../../../src/plugins/mappers/options-role-mapping-provider.ts';
import { mapperConformance } from '../../conformance/mapper.ts';
import { applyOne, contextOf, mappingServices, subjectNamed } from '../../support/mapping.ts';

const rolesMap = 'employee=user,printer; boss=admin;admin=root';

mapperConformance({
  factory: optionsRoleMappingProvider,
  options: { rolesMap },
  services: () => mappingServices(),
  mapped: { subject: subjectNamed('eric', ['employee']), to: { roles: ['employee', 'user', 'printer'] } },
});

describe('OptionsRoleMappingProvider', () => {
  const mapped = async (options: object, roles: readonly string[]) => {
    const mapper = await optionsRoleMappingProvider.create('role', options, mappingServices());
    return (await applyOne(mapper, subjectNamed('eric', roles), contextOf())).roles;
  };

  it('puts others in the place of a role where that is asked for', async () => {
    expect(await mapped({ rolesMap, replaceRoles: 'true' }, ['employee', 'guest'])).toEqual([
      'guest',
      'user',
      'printer',
    ]);
  });

  it('maps once: what a role is mapped to is not mapped again', async () => {
    expect(await mapped({ rolesMap }, ['boss'])).toEqual(['boss', 'admin']);
  });

  it.each(['', 'employee', '=user', 'employee=', 'a=b;a=c'])('refuses %j at the start', (text) => {
    expect(optionsRoleMappingProvider.options.safeParse({ rolesMap: text }).success).toBe(false);
  });
});
