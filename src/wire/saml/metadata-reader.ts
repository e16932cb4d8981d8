/** @module Reading metadata of service providers (saml-metadata §2): one EntityDescriptor, or many in EntitiesDescriptors. */
import { GatehouseError } from '../../spi/errors.ts';
import { byteOrderMark } from '../encoding/utf8.ts';
import { attribute, childElements, children, isElement, textOf, type XmlElement } from '../xml/element.ts';
import { metadataLimits } from '../xml/limits.ts';
import { parseXml } from '../xml/parse.ts';
import { saml2Protocol, samlNamespaces } from './constants.ts';
import { displayNameOf } from './metadata-display-name.ts';
import { booleanAttribute, indexedEndpointsOf, instantAttribute, metadataFault } from './metadata-fields.ts';
import { keysOf } from './metadata-keys.ts';
import type { SpMetadata } from './sp-metadata.ts';

export type { AssertionConsumerService, Endpoint, SpMetadata } from './sp-metadata.ts';

const { md } = samlNamespaces;

/** saml-core §8.3.6. */
const maxEntityIdLength = 1024;

/**
 * Every entity that is a service provider of SAML 2.0, in document order; entities of other roles are passed over.
 * A signature is not looked at: the file is the operator's own, and so is its trust.
 * @throws ERR_SAML_METADATA, ERR_XML_MALFORMED, ERR_XML_FORBIDDEN, ERR_XML_LIMIT
 */
export function readMetadata(xml: string): readonly SpMetadata[] {
  // Windows tools write a byte order mark into files; in a file XML allows it (XML 1.0 §4.3.3).
  const root = parseXml(xml.startsWith(byteOrderMark) ? xml.slice(1) : xml, metadataLimits);
  const found = new Map<string, SpMetadata>();
  collect(root, undefined, found);
  return [...found.values()];
}

function collect(element: XmlElement, outerValidUntil: number | undefined, found: Map<string, SpMetadata>): void {
  const validUntil = earlier(outerValidUntil, instantAttribute(element, 'validUntil'));
  if (isElement(element, md, 'EntitiesDescriptor')) {
    for (const inner of childElements(element)) {
      if (isElement(inner, md, 'EntitiesDescriptor') || isElement(inner, md, 'EntityDescriptor')) {
        collect(inner, validUntil, found);
      }
    }
    return;
  }
  if (!isElement(element, md, 'EntityDescriptor')) throw metadataFault('The document is not SAML metadata');
  const provider = serviceProviderOf(element, validUntil);
  if (provider === undefined) return;
  if (found.has(provider.entityId)) throw metadataFault('An entity comes twice', provider.entityId);
  found.set(provider.entityId, provider);
}

function serviceProviderOf(entity: XmlElement, outerValidUntil: number | undefined): SpMetadata | undefined {
  const entityId = attribute(entity, 'entityID')?.trim() ?? '';
  if (entityId === '' || entityId.length > maxEntityIdLength) {
    throw metadataFault('An entity has no entityID or one that is too long');
  }
  const [role, second] = children(entity, md, 'SPSSODescriptor').filter(speaksSaml2);
  if (role === undefined) return undefined;
  if (second !== undefined) throw metadataFault('An entity has two roles as service provider', entityId);
  return atEntity(entityId, () => {
    const validUntil = earlier(outerValidUntil, instantAttribute(role, 'validUntil'));
    const wantAssertionsSigned = booleanAttribute(role, 'WantAssertionsSigned');
    const displayName = displayNameOf(entity, role);
    return {
      entityId,
      ...(validUntil === undefined ? {} : { validUntil }),
      signingKeys: keysOf(role, 'signing'),
      encryptionKeys: keysOf(role, 'encryption'),
      assertionConsumerServices: indexedEndpointsOf(role, 'AssertionConsumerService'),
      nameIdFormats: children(role, md, 'NameIDFormat').flatMap((format) => textOf(format)?.trim() || []),
      authnRequestsSigned: booleanAttribute(role, 'AuthnRequestsSigned') ?? false,
      ...(wantAssertionsSigned === undefined ? {} : { wantAssertionsSigned }),
      ...(displayName === undefined ? {} : { displayName }),
    };
  });
}

function speaksSaml2(role: XmlElement): boolean {
  return (attribute(role, 'protocolSupportEnumeration') ?? '').split(/[ \t\n]+/).includes(saml2Protocol);
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

/** Says which entity of an aggregate is at fault. */
function atEntity<T>(entityId: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    throw new GatehouseError(error.code, error.message, { cause: error, facts: { ...error.facts, entityId } });
  }
}
