import { describe, expect, it } from 'vitest';
import {
  type AttributeRule,
  type ReleasePolicy,
  releasedAttributes,
} from '../../../src/protocols/saml-idp/attribute-release.ts';
import type { SsoEntry } from '../../../src/spi/sso-store.ts';
import { attributeNameFormats, subjectIdAttributes } from '../../../src/wire/saml/constants.ts';
import type { AttributeConsumingService } from '../../../src/wire/saml/sp-metadata.ts';

const entry: SsoEntry = {
  version: 1,
  domain: 'd',
  principal: 'eric',
  roles: ['all', 'AB'],
  attributes: { mail: ['e@x.org'], givenName: ['Eric'], department: ['A', 'B'] },
  mechanism: 'FORM',
  confidential: true,
  decision: 'D',
  authenticatedAt: 0,
  expiresAt: 1,
  idleMs: 1,
  participants: [],
};
const ids = { subjectId: () => 's@x.org', pairwiseId: () => 'p@x.org' };
const { basic, uri } = attributeNameFormats;
const mailOid = 'urn:oid:0.9.2342.19200300.100.1.3';

const rule = (name: string, changes: Partial<AttributeRule> = {}): AttributeRule => ({
  name,
  nameFormat: basic,
  from: 'attribute',
  attribute: name,
  values: [],
  required: false,
  ...changes,
});
const wants = (name: string, values: readonly string[] = []) => ({ name, isRequired: true, values });
const service = (index: number, ...attributes: AttributeConsumingService['attributes']) => ({ index, attributes });

function release(policy: Partial<ReleasePolicy>, index?: number, person = entry) {
  const released = releasedAttributes({ roleAttribute: 'Role', services: [], ...policy }, person, ids, index);
  if (released.status === 'missing') return released;
  return Object.fromEntries(released.attributes.map(({ name, values }) => [name, values]));
}

describe('without rules', () => {
  it('a partner learns the roles and nothing else', () => {
    expect(release({})).toEqual({ Role: ['all', 'AB'] });
  });

  it('and what its metadata asks for by a name that directories have, or another one for it', () => {
    const asked = {
      name: 'urn:oid:2.5.4.42',
      nameFormat: uri,
      friendlyName: 'givenName',
      isRequired: false,
      values: [],
    };
    const policy = { services: [service(0, wants(mailOid), asked, wants('nothing'))] };
    expect(release(policy)).toEqual({ [mailOid]: ['e@x.org'], 'urn:oid:2.5.4.42': ['Eric'], Role: ['all', 'AB'] });
    const released = releasedAttributes({ roleAttribute: 'Role', ...policy }, entry, ids, undefined);
    expect(released).toMatchObject({ attributes: [{}, { nameFormat: uri, friendlyName: 'givenName' }, {}] });
  });

  it('of values that are listed it gets these alone', () => {
    expect(release({ services: [service(0, wants('department', ['B', 'C']))] })).toMatchObject({ department: ['B'] });
  });

  it('the identifier that it needs is added; where either does, the one that connects nothing', () => {
    const { 'pairwise-id': pairwise, 'subject-id': subject } = subjectIdAttributes;
    expect(release({ subjectId: 'pairwise-id' })).toMatchObject({ [pairwise]: ['p@x.org'] });
    expect(release({ subjectId: 'any' })).toMatchObject({ [pairwise]: ['p@x.org'] });
    expect(release({ subjectId: 'subject-id' })).toMatchObject({ [subject]: ['s@x.org'] });
    expect(release({ subjectId: 'none' })).toEqual({ Role: ['all', 'AB'] });
  });

  it('a member of a federation, at which nobody has looked, gets no attribute for the asking, and no name that others have too', () => {
    const services = [service(0, wants('mail'))];
    const policy = { releasesRequested: false, services };
    expect(release({ ...policy, subjectId: 'subject-id' })).toEqual({ Role: ['all', 'AB'] });
    expect(release({ ...policy, subjectId: 'any' })).toMatchObject({
      [subjectIdAttributes['pairwise-id']]: ['p@x.org'],
    });
  });

  it('a person without roles has no attribute of roles', () => {
    expect(release({}, undefined, { ...entry, roles: [] })).toEqual({});
  });
});

describe('with rules', () => {
  const rules = [
    rule(mailOid, { attribute: 'mail', nameFormat: uri }),
    rule('groups', { from: 'roles' }),
    rule('login', { from: 'principal' }),
    rule('tenant', { from: 'fixed', values: ['acme'] }),
    rule('id', { from: 'pairwise-id' }),
    rule('absent'),
  ];

  it('a partner learns what they say and nothing else, whatever its metadata asks for', () => {
    expect(release({ rules, services: [service(0, wants('department'))] })).toEqual({
      [mailOid]: ['e@x.org'],
      groups: ['all', 'AB'],
      login: ['eric'],
      tenant: ['acme'],
      id: ['p@x.org'],
    });
  });

  it('no rule at all is nothing at all', () => {
    expect(release({ rules: [] })).toEqual({});
  });

  it('a service that the request names narrows them', () => {
    const services = [service(0), service(1, wants('login'), wants('groups', ['AB']), wants('department'))];
    expect(release({ rules, services }, 1)).toEqual({ login: ['eric'], groups: ['AB'], id: ['p@x.org'] });
  });

  it('a required attribute without a value says which it is', () => {
    expect(release({ rules: [rule('absent', { required: true })] })).toEqual({ status: 'missing', name: 'absent' });
    expect(release({ rules: [rule('mail', { required: true })] })).toEqual({ mail: ['e@x.org'] });
  });
});
