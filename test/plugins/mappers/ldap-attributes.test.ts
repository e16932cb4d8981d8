/** @module Mapping module LdapAttributes on a real OpenLDAP. */
import { afterAll, describe, expect, it } from 'vitest';
import { ldapAttributes } from '../../../src/plugins/mappers/ldap-attributes.ts';
import { mapperConformance } from '../../conformance/mapper.ts';
import { ldapServices } from '../../support/ldap-module.ts';
import { applyOne, contextOf, subjectNamed } from '../../support/mapping.ts';
import { servicePassword, startSlapd } from '../../support/servers/slapd.ts';
import { suffix } from '../../support/servers/slapd-people.ts';

const slapd = await startSlapd();
afterAll(() => slapd.close());
const services = () => ({ ...ldapServices(), applicationRoles: () => undefined });
const options = {
  'java.naming.provider.url': slapd.url,
  bindDN: `cn=sso,${suffix}`,
  bindCredential: servicePassword,
  baseCtxDN: `ou=people,${suffix}`,
  baseFilter: '(uid={0})',
  attributeList: 'cn, roomNumber,telephoneNumber',
};

mapperConformance({
  factory: ldapAttributes,
  options,
  services,
  mapped: {
    subject: subjectNamed('hnelson'),
    to: { attributes: { cn: ['hnelson Test'], roomNumber: ['engineer'] } },
  },
  asks: true,
});

describe('LdapAttributes', () => {
  it('gives nobody attributes whose name two entries have', async () => {
    const mapper = await ldapAttributes.create(
      'attribute',
      { ...options, baseFilter: '(employeeNumber={0})' },
      services(),
    );
    const subject = subjectNamed('7');
    expect(await applyOne(mapper, subject, contextOf())).toEqual(subject);
    await mapper.close?.();
  });

  it.each(['', ',', 'a b', 'cn,(x=*)'])('refuses the list %j at the start', (attributeList) => {
    expect(ldapAttributes.options.safeParse({ ...options, attributeList }).success).toBe(false);
  });
});
