import { describe, expect, it } from 'vitest';
import { deploymentRoles } from '../../../src/plugins/mappers/deployment-roles.ts';
import { mapperConformance } from '../../conformance/mapper.ts';
import { applyOne, contextOf, mappingServices, subjectNamed } from '../../support/mapping.ts';

const services = () => mappingServices({}, { shop: { eric: ['clerk'], amar: [] } });

mapperConformance({
  factory: deploymentRoles,
  options: {},
  services,
  mapped: { subject: subjectNamed('eric', ['all']), context: { application: 'shop' }, to: { roles: ['clerk'] } },
});

describe('DeploymentRoles', () => {
  it.each([
    ['whom the application does not name', 'zoe', 'shop', ['all']],
    ['in another application', 'eric', 'bank', ['all']],
    ['to whom the application gives none', 'amar', 'shop', []],
  ])('for somebody %s', async (_, name, application, roles) => {
    const mapper = await deploymentRoles.create('role', {}, services());
    expect((await applyOne(mapper, subjectNamed(name, ['all']), contextOf({ application }))).roles).toEqual(roles);
  });

  it('is kept out of the session, which serves every application', () => {
    expect(deploymentRoles.perApplication).toBe(true);
  });
});
