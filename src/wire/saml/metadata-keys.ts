/** @module The keys of a metadata role (saml-metadata §2.4.1.1): all of them, as certificates carry them. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { decodeWrappedBase64 } from '../encoding/base64.ts';
import { attribute, child, children, textOf, type XmlElement } from '../xml/element.ts';
import { samlNamespaces } from './constants.ts';
import { metadataFault } from './metadata-fields.ts';

const { md, ds } = samlNamespaces;

/** Two are in use during a roll-over. Each costs a verification of every signature that is wrong. */
const maxKeys = 16;

/**
 * The public keys for one use; a KeyDescriptor without a use is for both. A certificate is a container of a key: its dates and its
 * issuer say nothing here, as trust comes from the metadata (SAML V2.0 Metadata Interoperability Profile §2.6.1).
 */
export function keysOf(role: XmlElement, use: 'signing' | 'encryption'): readonly KeyObject[] {
  const keys = children(role, md, 'KeyDescriptor')
    .filter((descriptor) => (attribute(descriptor, 'use') ?? use) === use)
    .flatMap(certificatesOf)
    .map(publicKeyOf);
  if (keys.length > maxKeys) throw metadataFault('A role has too many keys');
  return keys;
}

function certificatesOf(descriptor: XmlElement): readonly XmlElement[] {
  const info = child(descriptor, ds, 'KeyInfo');
  if (info === undefined) return [];
  // In a chain the first certificate is the entity's own; the others are issuers, whose keys sign no message.
  return children(info, ds, 'X509Data').flatMap((data) => children(data, ds, 'X509Certificate').slice(0, 1));
}

function publicKeyOf(element: XmlElement): KeyObject {
  const der = decodeWrappedBase64(textOf(element) ?? '');
  if (der === undefined || der.byteLength === 0) throw metadataFault('A certificate is not base64');
  try {
    return new X509Certificate(der).publicKey;
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw metadataFault('A certificate cannot be read');
  }
}
