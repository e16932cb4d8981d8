import { beforeAll, describe, expect, it } from 'vitest';
import { readEntitiesOf, rereadEntity } from '../../../src/wire/saml/entities.ts';
import { federation, federationEntityId, signRoot } from '../../support/federation.ts';
import { makeKeyPair, type TestKeyPair } from '../../support/keys.ts';
import { entity } from '../../support/sp-metadata.ts';
import { refusalOf } from '../../support/thrown-code.ts';
import { xmlsecVerify } from '../../support/xml-judges.ts';

let signer: TestKeyPair;
let other: TestKeyPair;
beforeAll(() => {
  signer = makeKeyPair('rsa');
  other = makeKeyPair('rsa');
});

const keys = () => [signer.publicKey];
const read = (xml: string, by = keys()) => [...readEntitiesOf(Buffer.from(xml), by)];
const refusal = (xml: string, by = keys()) => refusalOf(() => read(xml, by));

describe('the signature over an aggregate', () => {
  it('is good over all of it, as xmlsec1 says too', () => {
    const xml = signRoot(federation({ count: 3, certificate: other }), signer);
    expect(xmlsecVerify(xml, signer.certificatePem)).toMatchObject({ accepted: true });
    expect(read(xml).map(({ entityId }) => entityId)).toEqual([0, 1, 2].map(federationEntityId));
  });

  it('is good with white space before it, line ends of Windows, comments and groups in groups', () => {
    const inner =
      '<md:EntitiesDescriptor Name="inner">\r\n<md:EntityDescriptor entityID="urn:inner"/><!-- c --></md:EntitiesDescriptor>';
    const plain = federation({ count: 1 }).replace('</md:EntitiesDescriptor>', `${inner}\r\n</md:EntitiesDescriptor>`);
    const xml = signRoot(plain, signer);
    expect(xmlsecVerify(xml, signer.certificatePem)).toMatchObject({ accepted: true });
    expect(read(xml).at(-1)?.entityId).toBe('urn:inner');
  });

  it.each([
    ['of another key', (xml: string) => signRoot(xml, other)],
    ['missing', (xml: string) => xml],
    [
      'not first',
      (xml: string) =>
        signRoot(xml, signer).replace(
          /(<ds:Signature .*<\/ds:Signature>)([\s\S]*)(<\/md:EntitiesDescriptor>)/,
          '$2$1$3',
        ),
    ],
    ['over another entity', (xml: string) => signRoot(xml, signer).replace('https://sp1.', 'https://evil.')],
    [
      'over fewer entities',
      (xml: string) =>
        signRoot(xml, signer).replace(
          '</md:EntitiesDescriptor>',
          '<md:EntityDescriptor entityID="urn:evil"/></md:EntitiesDescriptor>',
        ),
    ],
    [
      'over other white space',
      (xml: string) => signRoot(xml, signer).replace('</md:EntitiesDescriptor>', ' </md:EntitiesDescriptor>'),
    ],
    [
      'over another date',
      (xml: string) =>
        signRoot(xml, signer).replace('Name="federation"', 'Name="federation" validUntil="2099-01-01T00:00:00Z"'),
    ],
    [
      'of one of two elements with one ID',
      (xml: string) => signRoot(xml.replace('<md:SPSSODescriptor', '<md:SPSSODescriptor ID="_f"'), signer),
    ],
    [
      'in a group below the root',
      (xml: string) =>
        `<x:EntitiesDescriptor xmlns:x="urn:oasis:names:tc:SAML:2.0:metadata">${signRoot(xml, signer).replace(/^<\?.*\?>/, '')}</x:EntitiesDescriptor>`,
    ],
    ['twice', (xml: string) => signRoot(signRoot(xml, signer), signer)],
  ])('is refused when it is %s', (_what, change) => {
    expect(refusal(change(federation({ count: 2 })))).toBe('ERR_XML_SIGNATURE');
  });

  it('is not looked at where no key is pinned', () => {
    expect([...readEntitiesOf(Buffer.from(signRoot(federation({ count: 1 }), other)), undefined)]).toHaveLength(1);
  });

  it('is that of the entity where the document is one', () => {
    const one = entity({ entityAttributes: ' ID="_f"' });
    expect(read(signRoot(one, signer))).toHaveLength(1);
    expect(refusal(signRoot(one, other))).toBe('ERR_XML_SIGNATURE');
    expect(refusal(one)).toBe('ERR_XML_SIGNATURE');
  });

  it('is good with either of two pinned keys: a roll-over', () => {
    const both = [other.publicKey, signer.publicKey];
    expect(read(signRoot(federation({ count: 1 }), signer), both)).toHaveLength(1);
  });
});

describe('the entities of an aggregate', () => {
  it('can be read again from their own bytes', () => {
    const bytes = Buffer.from(federation({ count: 2, certificate: signer }));
    const all = [...readEntitiesOf(bytes, undefined)];
    for (const { element, from, to, scope } of all) {
      expect(rereadEntity(bytes.subarray(from, to), scope)).toEqual(element);
    }
  });

  it('name who registered them', () => {
    const authority = (index: number) => `urn:federation:${index}`;
    const all = [...readEntitiesOf(Buffer.from(federation({ count: 2, authority })), undefined)];
    expect(all.map((one) => one.registrationAuthority)).toEqual(['urn:federation:0', 'urn:federation:1']);
  });

  it('are valid no longer than what surrounds them', () => {
    const attributes = ' validUntil="2030-01-01T00:00:00Z" cacheDuration="PT6H"';
    const reading = readEntitiesOf(Buffer.from(federation({ count: 1, attributes })), undefined);
    const first = reading.next();
    expect(first.done !== true && first.value.validUntil).toBe(Date.UTC(2030, 0, 1));
    expect(reading.next().value).toEqual({ validUntil: Date.UTC(2030, 0, 1), cacheDurationMs: 6 * 3_600_000 });
  });

  it('may not come twice, and need a name', () => {
    const twice = federation({ count: 1 }).replace(
      '</md:EntitiesDescriptor>',
      `<md:EntityDescriptor entityID="${federationEntityId(0)}"/></md:EntitiesDescriptor>`,
    );
    expect(refusalOf(() => [...readEntitiesOf(Buffer.from(twice), undefined)])).toBe('ERR_SAML_METADATA');
    expect(refusalOf(() => [...readEntitiesOf(Buffer.from(entity({ entityId: ' ' })), undefined)])).toBe(
      'ERR_SAML_METADATA',
    );
  });
});
