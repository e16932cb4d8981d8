import { describe, expect, it } from 'vitest';
import { samlNamespaces } from '../../../src/wire/saml/constants.ts';
import { readMetadata } from '../../../src/wire/saml/metadata-reader.ts';
import { buildIdpMetadata } from '../../../src/wire/saml/metadata-writer.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { metadataInput } from '../../support/saml-input.ts';
import { acs, entities, entity, type Parts, post, protocol, simpleAcs } from '../../support/sp-metadata.ts';

const ec = makeKeyPair('ec');
const only = (xml: string) => {
  const read = readMetadata(xml);
  expect(read).toHaveLength(1);
  return read[0]!;
};

describe('the display name of a service provider', () => {
  const ui = (names: string) =>
    `<md:Extensions><mdui:UIInfo xmlns:mdui="${samlNamespaces.mdui}">${names}</mdui:UIInfo></md:Extensions>`;
  const organization =
    '<md:Organization><md:OrganizationName xml:lang="en">Org</md:OrganizationName><md:OrganizationDisplayName xml:lang="en">The Org</md:OrganizationDisplayName></md:Organization>';
  const service =
    '<md:AttributeConsumingService index="0"><md:ServiceName xml:lang="en">Service</md:ServiceName></md:AttributeConsumingService>';

  it.each([
    [
      'the one for people, in English',
      {
        role:
          ui(
            '<mdui:DisplayName xml:lang="de">Anwendung</mdui:DisplayName><mdui:DisplayName xml:lang="en">App</mdui:DisplayName>',
          ) +
          simpleAcs +
          service,
        after: organization,
      },
      'App',
    ],
    [
      'the first one where none is English',
      {
        role:
          ui(
            '<mdui:DisplayName xml:lang="de">Eins</mdui:DisplayName><mdui:DisplayName xml:lang="fr">Deux</mdui:DisplayName>',
          ) + simpleAcs,
      },
      'Eins',
    ],
    ['else that of the service', { role: simpleAcs + service, after: organization }, 'Service'],
    ['else that of the organization', { after: organization }, 'The Org'],
    [
      'cut where it is long',
      { role: ui(`<mdui:DisplayName xml:lang="en">${'🎈'.repeat(200)}</mdui:DisplayName>`) + simpleAcs },
      '🎈'.repeat(100),
    ],
    [
      'on one line',
      { role: ui('<mdui:DisplayName xml:lang="en">\n  My\n  App </mdui:DisplayName>') + simpleAcs },
      'My App',
    ],
    ['nothing where there is nothing', {}, undefined],
  ] satisfies [string, Parts, string | undefined][])('is %s', (_what, parts, name) => {
    expect(only(entity(parts)).displayName).toBe(name);
  });
});

describe('an aggregate', () => {
  it('yields every service provider in it, however nested', () => {
    const inner = entities(entity({ entityId: 'urn:b' }) + entities(entity({ entityId: 'urn:c' })));
    expect(readMetadata(entities(entity({ entityId: 'urn:a' }) + inner)).map((one) => one.entityId)).toEqual([
      'urn:a',
      'urn:b',
      'urn:c',
    ]);
  });

  it('passes over entities of other roles', async () => {
    const idp = await buildIdpMetadata(metadataInput([ec.certificate], 0), signerOf(ec, 'ecdsa-sha256'));
    expect(readMetadata(entities(idp + entity())).map((one) => one.entityId)).toEqual(['https://sp.example.com']);
  });

  it('passes over a service provider of SAML 1.1 only', () => {
    expect(
      readMetadata(entity().replace(`Enumeration="${protocol}"`, 'Enumeration="urn:oasis:names:tc:SAML:1.1:protocol"')),
    ).toEqual([]);
  });

  it('names the entity that is at fault', () => {
    const bad = entity({ entityId: 'urn:bad', role: acs(`${post} Location="nowhere" index="0"`) });
    expect(() => readMetadata(entities(entity() + bad))).toThrow(
      expect.objectContaining({ facts: { entityId: 'urn:bad' } }),
    );
  });
});
