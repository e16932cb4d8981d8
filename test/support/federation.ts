/** @module Aggregates of metadata as a federation publishes them: as many entities as are asked for, signed by libxml-free code of ours or not at all. */
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { dsigNamespace } from '../../src/wire/xml/algorithms.ts';
import { canonicalize } from '../../src/wire/xml/canonicalize.ts';
import { parseXml } from '../../src/wire/xml/parse.ts';
import type { TestKeyPair } from './keys.ts';
import { acs, key, post, protocol } from './sp-metadata.ts';

const limits = { maxBytes: 1 << 28, maxDepth: 64, maxElements: 1 << 24, maxAttributesPerElement: 64 };
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';

export interface FederationParts {
  readonly count: number;
  readonly attributes?: string;
  readonly certificate?: TestKeyPair;
  /** Of the entity with this number. */
  readonly authority?: (index: number) => string;
  readonly padding?: string;
}

export const federationEntityId = (index: number) => `https://sp${index}.example.org/shibboleth`;

/** An unsigned EntitiesDescriptor with a place for the signature. */
export function federation({ count, attributes = '', certificate, authority, padding = '' }: FederationParts): string {
  const keys = certificate === undefined ? '' : key(certificate);
  const entity = (index: number) =>
    `  <md:EntityDescriptor entityID="${federationEntityId(index)}">
    <md:Extensions><mdrpi:RegistrationInfo registrationAuthority="${authority?.(index) ?? 'https://federation.example.org'}"/></md:Extensions>
    <md:SPSSODescriptor protocolSupportEnumeration="${protocol}">
      <md:Extensions><mdui:UIInfo><mdui:DisplayName xml:lang="en">Service ${index} für Zürich</mdui:DisplayName>${padding}</mdui:UIInfo></md:Extensions>
      ${keys}${acs(`${post} Location="https://sp${index}.example.org/Shibboleth.sso/SAML2/POST" index="1"`)}
    </md:SPSSODescriptor>
  </md:EntityDescriptor>\n`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:mdrpi="urn:oasis:names:tc:SAML:metadata:rpi" xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" ID="_f" Name="federation"${attributes}>
${Array.from({ length: count }, (_, index) => entity(index)).join('')}</md:EntitiesDescriptor>`;
}

/** Puts an enveloped signature of the root behind its start tag; the root must have the ID. */
export function signRoot(xml: string, pair: TestKeyPair, id = '_f'): string {
  const digest = createHash('sha256').update(canonicalizeWhole(xml)).digest('base64');
  const info = `<ds:SignedInfo xmlns:ds="${dsigNamespace}"><ds:CanonicalizationMethod Algorithm="${exclusive}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod><ds:Reference URI="#${id}"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform><ds:Transform Algorithm="${exclusive}"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
  const value = sign('sha256', Buffer.from(info), createPrivateKey(pair.privateKeyPem)).toString('base64');
  const signature = `<ds:Signature xmlns:ds="${dsigNamespace}">${info}<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`;
  const end = /<md:Entit[^>]*>/.exec(xml)!;
  const at = end.index + end[0].length;
  return xml.slice(0, at) + signature + xml.slice(at);
}

/** Without the limit that our canonical form has for messages, in pieces of one element. */
function canonicalizeWhole(xml: string): string {
  const root = parseXml(xml, limits);
  const marker = 'gatehouse-cut';
  const shell = canonicalize({ ...root, content: [marker] });
  const [before = '', after = ''] = shell.split(marker);
  // What is below is rendered as it would be inside: every namespace that the root rendered is left away.
  const inside = root.content.map((node) =>
    typeof node === 'string' ? node : canonicalize({ ...root, content: [node] }).slice(before.length, -after.length),
  );
  return before + inside.join('') + after;
}
