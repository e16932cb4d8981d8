import { describe, expect, it } from 'vitest';
import { complaints, load } from './example-catalog.ts';

const domain = (rest: string) =>
  `security-domains: { d: { authentication: [ { code: Remoting, flag: required } ], ${rest} } }\n`;
const mapping = (...entries: readonly string[]) => domain(`mapping: [ ${entries.join(', ')} ]`);

describe('mapping of a domain', () => {
  it('is read with codes as the catalogue spells them, and type role where none is written', () => {
    const result = load(mapping('{ code: simpleroles, module-options: { eric: all } }'));
    expect(result).toMatchObject({
      configuration: {
        securityDomains: [
          { mapping: [{ code: 'SimpleRoles', type: 'role', options: { eric: 'all' }, place: { line: 1 } }] },
        ],
      },
    });
  });

  it.each([
    ['{ code: SimpleRolls }', 'unknown mapping module "SimpleRolls"; did you mean "SimpleRoles"?'],
    ['{ code: DeploymentRoleToRolesMappingProvider }', 'not in this version'],
    [
      '{ code: LdapAttributes, module-options: { attributeList: mail } }',
      'no type means role, and LdapAttributes is of the type attribute: write type: attribute',
    ],
    ['{ code: SimpleRoles, type: principal }', 'SimpleRoles is of the type role: write type: role'],
    [
      '{ code: LdapAttributes, type: attribute, module-options: { atributeList: mail } }',
      'did you mean "attributeList"?',
    ],
    ['{ code: DeploymentRoles }, { code: SimpleRoles }', 'must come before DeploymentRoles'],
    ['{ code: SimpleRoles, flag: required }', 'unknown name'],
  ])('%s is refused: %s', (entries, says) => expect(complaints(mapping(entries)).join('\n')).toContain(says));

  it('may end with what answers for one application, and go on with other types', () => {
    const attributes = '{ code: LdapAttributes, type: attribute, module-options: { attributeList: mail } }';
    expect(complaints(mapping('{ code: SimpleRoles }', '{ code: DeploymentRoles }', attributes))).toEqual([]);
  });
});

describe('authorization of a domain', () => {
  it('is Delegating, required, where nothing is written', () => {
    expect(load(domain('audit: []'))).toMatchObject({
      configuration: { securityDomains: [{ authorization: [{ code: 'Delegating', flag: 'required' }] }] },
    });
  });

  it.each([
    ['[ { code: XACML } ]', 'authorization module "XACML": not in this version'],
    ['[ { code: Wep } ]', 'unknown authorization module "Wep"; did you mean "Web"?'],
    ['[ { code: Web, flag: must } ]', 'must be one of required'],
    ['[]', 'must have at least 1 entries'],
  ])('%s is refused: %s', (list, says) => {
    expect(complaints(domain(`authorization: ${list}`)).join('\n')).toContain(says);
  });
});
