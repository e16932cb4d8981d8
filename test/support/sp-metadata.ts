/** @module Metadata of service providers, written from its parts. */
import { samlNamespaces } from '../../src/wire/saml/constants.ts';

export const protocol = samlNamespaces.samlp;
const base64 = (pair: { readonly certificate: Uint8Array }) => Buffer.from(pair.certificate).toString('base64');
export const key = (pair: { readonly certificate: Uint8Array }, use = '') =>
  `<md:KeyDescriptor${use}><ds:KeyInfo xmlns:ds="${samlNamespaces.ds}"><ds:X509Data><ds:X509Certificate>\n${base64(pair).replace(/.{64}/g, '$&\n')}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
export const post = 'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"';
export const acs = (attributes: string) => `<md:AssertionConsumerService ${attributes}/>`;
export const simpleAcs = acs(`${post} Location="https://sp.example.com/acs" index="0"`);
export const namespaces = `xmlns:md="${samlNamespaces.md}"`;

export interface Parts {
  readonly entityId?: string;
  readonly entityAttributes?: string;
  readonly roleAttributes?: string;
  readonly role?: string;
  readonly after?: string;
}
export const entity = ({
  entityId = 'https://sp.example.com',
  entityAttributes = '',
  roleAttributes = '',
  role = simpleAcs,
  after = '',
}: Parts = {}) =>
  `<md:EntityDescriptor ${namespaces} entityID="${entityId}"${entityAttributes}><md:SPSSODescriptor protocolSupportEnumeration="${protocol}"${roleAttributes}>${role}</md:SPSSODescriptor>${after}</md:EntityDescriptor>`;
export const entities = (content: string, attributes = '') =>
  `<md:EntitiesDescriptor ${namespaces}${attributes}>${content}</md:EntitiesDescriptor>`;
