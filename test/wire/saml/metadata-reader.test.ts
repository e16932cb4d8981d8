import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../../src/wire/saml/metadata-reader.ts';
import { makeKeyPair } from '../../support/keys.ts';
import { acs, entities, entity, key, post, protocol, simpleAcs } from '../../support/sp-metadata.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const [rsa, ec, third] = [makeKeyPair('rsa'), makeKeyPair('ec'), makeKeyPair('ec')];
const only = (xml: string) => {
  const read = readMetadata(xml);
  expect(read).toHaveLength(1);
  return read[0]!;
};
const refusal = (xml: string) => refusalOf(() => readMetadata(xml));

describe('metadata of a service provider', () => {
  it('names its endpoints of single logout, and where answers go', () => {
    const slo = (binding: string, more = '') =>
      `<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="https://sp.example.com/slo"${more}/>`;
    const answers = ' ResponseLocation="https://sp.example.com/done"';
    const role = `${slo('HTTP-Redirect', answers)}${slo('SOAP')}${slo('X')}${simpleAcs}`;
    expect(only(entity({ role })).singleLogoutServices).toEqual([
      {
        binding: 'HTTP-Redirect',
        location: 'https://sp.example.com/slo',
        responseLocation: 'https://sp.example.com/done',
      },
      { binding: 'SOAP', location: 'https://sp.example.com/slo' },
    ]);
  });

  it('of the least that it must have is read', () => {
    expect(only(entity())).toEqual({
      entityId: 'https://sp.example.com',
      encryptionKeys: [],
      signingKeys: [],
      assertionConsumerServices: [{ binding: 'HTTP-POST', location: 'https://sp.example.com/acs', index: 0 }],
      singleLogoutServices: [],
      nameIdFormats: [],
      authnRequestsSigned: false,
    });
  });

  it('gives every key that may sign: those for signing, and those without a use', () => {
    const read = only(
      entity({ role: key(rsa) + key(ec, ' use="signing"') + key(third, ' use="encryption"') + simpleAcs }),
    );
    expect(read.signingKeys.map((one) => one.export({ format: 'jwk' }))).toEqual(
      [rsa, ec].map((one) => one.publicKey.export({ format: 'jwk' })),
    );
  });

  it('gives two keys without a use, as in a roll-over', () => {
    expect(only(entity({ role: key(rsa) + key(ec) + simpleAcs })).signingKeys).toHaveLength(2);
  });

  it('gives the consumers in their order, with index and three-valued default', () => {
    const role =
      acs(`${post} Location="https://sp.example.com/1" index="1" isDefault="false"`) +
      acs(
        `Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact" Location="https://sp.example.com/2" index="2"`,
      ) +
      acs(`${post} Location="https://sp.example.com/3?a=1&amp;b=2" index="3" isDefault="1"`);
    expect(only(entity({ role })).assertionConsumerServices).toEqual([
      { binding: 'HTTP-POST', location: 'https://sp.example.com/1', index: 1, isDefault: false },
      { binding: 'HTTP-Artifact', location: 'https://sp.example.com/2', index: 2 },
      { binding: 'HTTP-POST', location: 'https://sp.example.com/3?a=1&b=2', index: 3, isDefault: true },
    ]);
  });

  it('leaves out a consumer of SAML 1.1', () => {
    const old = acs(
      'Binding="urn:oasis:names:tc:SAML:1.0:profiles:browser-post" Location="https://sp.example.com/1" index="1"',
    );
    expect(only(entity({ role: old + simpleAcs })).assertionConsumerServices).toHaveLength(1);
  });

  it('gives the name formats in order', () => {
    const formats = '<md:NameIDFormat> urn:a </md:NameIDFormat><md:NameIDFormat>urn:b</md:NameIDFormat>';
    expect(only(entity({ role: formats + simpleAcs })).nameIdFormats).toEqual(['urn:a', 'urn:b']);
  });

  it('gives what it wants signed', () => {
    const read = only(entity({ roleAttributes: ' AuthnRequestsSigned="true" WantAssertionsSigned="0"' }));
    expect([read.authnRequestsSigned, read.wantAssertionsSigned]).toEqual([true, false]);
  });

  it('may begin with a byte order mark', () => {
    expect(only(`\uFEFF${entity()}`).entityId).toBe('https://sp.example.com');
  });

  it('ends at the earliest of its own, its role’s and the surrounding end', () => {
    const until = (year: number) => ` validUntil="${year}-01-01T00:00:00Z"`;
    const ends = [
      entities(entity({ entityAttributes: until(2030), roleAttributes: until(2031) }), until(2029)),
      entities(entity({ entityAttributes: until(2029), roleAttributes: until(2031) }), until(2030)),
      entities(entities(entity({ roleAttributes: until(2029) }), until(2030))),
    ].map((xml) => only(xml).validUntil);
    expect(new Set(ends)).toEqual(new Set([Date.UTC(2029, 0, 1)]));
  });
});

describe('metadata is refused', () => {
  it.each([
    ['with a script for a location', entity({ role: acs(`${post} Location="javascript:alert(1)" index="0"`) })],
    ['with a relative location', entity({ role: acs(`${post} Location="/acs" index="0"`) })],
    [
      'with a location that holds a line end',
      entity({ role: acs(`${post} Location="https://sp.example.com/&#10;x" index="0"`) }),
    ],
    ['with a location without a host', entity({ role: acs(`${post} Location="https://" index="0"`) })],
    ['with a consumer without an index', entity({ role: acs(`${post} Location="https://sp.example.com/acs"`) })],
    [
      'with a consumer whose index is no number',
      entity({ role: acs(`${post} Location="https://sp.example.com/acs" index="x"`) }),
    ],
    ['with an end that has no zone', entity({ entityAttributes: ' validUntil="2030-01-01T00:00:00"' })],
    ['with a flag that is neither', entity({ roleAttributes: ' AuthnRequestsSigned="yes"' })],
    ['with a certificate that is none', entity({ role: key({ certificate: Buffer.from('x') }) + simpleAcs })],
    ['with a certificate that is not base64', entity({ role: key(rsa).replace('MII', '*II') + simpleAcs })],
    ['without an entityID', entity({ entityId: ' ' })],
    ['with one entity twice', entities(entity() + entity())],
    [
      'with two roles as service provider',
      entity({ after: entity().replace(/^.*?(?=<md:SPSSO)|<\/md:EntityDescriptor>$/g, '') }),
    ],
    ['that is a message', `<samlp:AuthnRequest xmlns:samlp="${protocol}"/>`],
    ['with more keys than anybody has', entity({ role: key(ec).repeat(17) + simpleAcs })],
  ])('%s', (_what, xml) => {
    expect(refusal(xml)).toBe('ERR_SAML_METADATA');
  });

  it('with a document type', () => {
    expect(refusal(`<!DOCTYPE x>${entity()}`)).toBe('ERR_XML_FORBIDDEN');
  });
});
