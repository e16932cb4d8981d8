import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { partnerFindings } from '../../src/config/partner-findings.ts';
import { resolvePartnerSource } from '../../src/config/resolve-partners.ts';
import { configurationSchema } from '../../src/config/schema.ts';

const document = (partners: string) =>
  configurationSchema.parse(parse(`saml-idp: { security-domain: d, partners: [ ${partners} ] }`));
const findings = (partners: string) =>
  partnerFindings(document(partners)).map(({ path, message }) => `${path.slice(3).join('.')} ${message}`.trim());
const sources = (partners: string) => document(partners)['saml-idp']!.partners.map(resolvePartnerSource);

describe('the source of a partner', () => {
  it.each([
    ['{ metadata: a.xml, signing-certificate: c.pem }'],
    ['{ metadata-url: "https://sp.example/m" }'],
    ['{ metadata-url: "http://sp.example/m", signing-certificate: c.pem }'],
    ['{ aggregate: f.xml, entity-ids: [ "urn:a" ] }'],
    [
      '{ aggregate: "https://f.example/all.xml", refresh-seconds: 60, registration-authorities: [ "https://f.example" ] }',
    ],
    [
      '{ mdq: "https://mdq.example/", mdq-identifiers: sha1, allow-private-addresses: [ 10.0.0.0/8 ], certificate-authority: ca.pem }',
    ],
  ])('can be %s', (partner) => {
    expect(findings(partner)).toEqual([]);
  });

  it.each([
    ['{ name: A }', 'needs one of metadata, metadata-url, aggregate, mdq'],
    [
      '{ metadata: a.xml, mdq: "https://m.example/" }',
      'mdq stands beside "metadata": a partner has one source; make it an entry of its own',
    ],
    ['{ metadata: a.xml }, { metadata: a.xml }', 'metadata this partner is listed twice'],
    [
      '{ metadata: a.xml, refresh-seconds: 60 }',
      'refresh-seconds does not go with "metadata": nothing is fetched for a file',
    ],
    [
      '{ aggregate: a.xml, allow-private-addresses: [ 10.0.0.1 ] }',
      'allow-private-addresses does not go with "aggregate": nothing is fetched for a file',
    ],
    ['{ mdq: "https://m.example/", name: A }', 'name does not go with "mdq": it would be the name of all of them'],
    [
      '{ metadata: a.xml, entity-ids: [ a ] }',
      'entity-ids does not go with "metadata": all of a file or an address that is named for one partner counts',
    ],
    [
      '{ metadata-url: "http://sp.example/m" }',
      'metadata-url must be https, or have a signing-certificate: anybody on the way could change it',
    ],
    [
      '{ aggregate: "http://f.example/m" }',
      'aggregate must be https, or have a signing-certificate: anybody on the way could change it',
    ],
    ['{ metadata: a.xml, mdq-identifiers: sha1 }', 'mdq-identifiers does not go with "metadata"'],
  ])('cannot be %s', (partner, message) => {
    expect(findings(partner)).toEqual([message]);
  });

  it.each(['ftp://a/b', 'https://user:secret@a/b', 'https://a/b#c', 'https://'])(
    'is no address when it is %s',
    (url) => {
      expect(() => document(`{ metadata-url: "${url}" }`)).toThrow();
    },
  );

  it('is asked again every hour where nothing is said', () => {
    expect(sources('{ mdq: "https://m.example/" }, { aggregate: f.xml }')).toEqual([
      {
        kind: 'mdq',
        where: 'https://m.example/',
        identifiers: 'entity-id',
        filter: { entityIds: [], registrationAuthorities: [] },
        fetching: { refreshMs: 3_600_000, allowPrivateAddresses: [] },
      },
      { kind: 'aggregate', where: 'f.xml', filter: { entityIds: [], registrationAuthorities: [] } },
    ]);
  });
});
