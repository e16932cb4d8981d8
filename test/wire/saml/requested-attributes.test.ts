import { describe, expect, it } from 'vitest';
import { directoryNameOf } from '../../../src/wire/saml/attribute-names.ts';
import { readMetadata } from '../../../src/wire/saml/metadata-reader.ts';
import { refusalOf } from '../../support/thrown-code.ts';

function metadata(services: string, extensions = ''): string {
  return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" entityID="urn:sp">${extensions}<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp/acs" index="0"/>${services}</md:SPSSODescriptor></md:EntityDescriptor>`;
}
const entityAttribute = (name: string, value: string) =>
  `<md:Extensions><mdattr:EntityAttributes xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute"><saml:Attribute Name="${name}"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes></md:Extensions>`;
const requirement = 'urn:oasis:names:tc:SAML:profiles:subject-id:req';

describe('attribute consuming services', () => {
  it('are read with what each asks for', () => {
    const services =
      '<md:AttributeConsumingService index="3" isDefault="true"><md:ServiceName xml:lang="en">x</md:ServiceName><md:RequestedAttribute Name="urn:oid:0.9.2342.19200300.100.1.3" NameFormat="urn:f" FriendlyName="mail" isRequired="true"><saml:AttributeValue>a</saml:AttributeValue></md:RequestedAttribute><md:RequestedAttribute Name="b"/></md:AttributeConsumingService>';
    expect(readMetadata(metadata(services))[0]?.attributeServices).toEqual([
      {
        index: 3,
        isDefault: true,
        attributes: [
          {
            name: 'urn:oid:0.9.2342.19200300.100.1.3',
            nameFormat: 'urn:f',
            friendlyName: 'mail',
            isRequired: true,
            values: ['a'],
          },
          { name: 'b', isRequired: false, values: [] },
        ],
      },
    ]);
  });

  it.each([
    ['without an index', '<md:AttributeConsumingService/>'],
    [
      'with an attribute without a name',
      '<md:AttributeConsumingService index="1"><md:RequestedAttribute/></md:AttributeConsumingService>',
    ],
    [
      'of too many attributes',
      `<md:AttributeConsumingService index="1">${'<md:RequestedAttribute Name="a"/>'.repeat(257)}</md:AttributeConsumingService>`,
    ],
    ['of which there are too many', '<md:AttributeConsumingService index="1"/>'.repeat(65)],
  ])('%s are refused', (_what, services) => {
    expect(refusalOf(() => readMetadata(metadata(services)))).toBe('ERR_SAML_METADATA');
  });
});

describe('the identifier that a partner needs', () => {
  it.each(['subject-id', 'pairwise-id', 'any', 'none'])('is %s where its entity attribute says so', (value) => {
    expect(readMetadata(metadata('', entityAttribute(requirement, value)))[0]?.subjectId).toBe(value);
  });

  it('is not said by another attribute or by another word', () => {
    for (const extensions of ['', entityAttribute('urn:x', 'any'), entityAttribute(requirement, 'x')]) {
      expect(readMetadata(metadata('', extensions))[0]).not.toHaveProperty('subjectId');
    }
  });
});

it('attributes are found by their URIs and by what other products call them', () => {
  const names = [
    'urn:oid:2.5.4.4',
    'Surname',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
    'shoe',
  ];
  expect(names.map(directoryNameOf)).toEqual(['sn', 'sn', 'mail', 'shoe']);
});
