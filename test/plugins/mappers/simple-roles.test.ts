import { describe, expect, it } from 'vitest';
import { simpleRoles } from '../../../src/plugins/mappers/simple-roles.ts';
import { mapperConformance } from '../../conformance/mapper.ts';
import { applyOne, contextOf, mappingServices, subjectNamed } from '../../support/mapping.ts';

const options = { eric: 'all,AB', amar: 'AB,, C ' };

mapperConformance({
  factory: simpleRoles,
  options,
  services: () => mappingServices(),
  mapped: { subject: subjectNamed('eric', ['AB', 'old']), to: { roles: ['AB', 'old', 'all'] } },
  anyOption: true,
});

describe('SimpleRoles', () => {
  it('splits at commas, does not trim, and gives no empty role, as JBoss', async () => {
    const mapper = await simpleRoles.create('role', options, mappingServices());
    expect((await applyOne(mapper, subjectNamed('amar'), contextOf())).roles).toEqual(['AB', ' C ']);
  });

  it('looks up the caller principal and not the name that was typed', async () => {
    const mapper = await simpleRoles.create('role', options, mappingServices());
    const subject = { ...subjectNamed('nobody'), principals: [{ name: 'eric', type: 'user' }] } as const;
    expect((await applyOne(mapper, subject, contextOf())).roles).toEqual([]);
  });
});
