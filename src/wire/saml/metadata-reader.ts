/** @module Reading metadata of service providers and of identity providers (saml-metadata §2): one EntityDescriptor, or many in EntitiesDescriptors. */
import { GatehouseError } from '../../spi/errors.ts';
import { byteOrderMark } from '../encoding/utf8.ts';
import { attribute, childElements, children, isElement, textOf, type XmlElement } from '../xml/element.ts';
import { metadataLimits } from '../xml/limits.ts';
import { parseXml } from '../xml/parse.ts';
import { saml2Protocol, samlNamespaces } from './constants.ts';
import type { IdpMetadata } from './idp-metadata.ts';
import { displayNameOf } from './metadata-display-name.ts';
import {
  booleanAttribute,
  endpointsOf,
  indexedEndpointsOf,
  instantAttribute,
  metadataFault,
} from './metadata-fields.ts';
import { keysOf } from './metadata-keys.ts';
import type { SpMetadata } from './sp-metadata.ts';

export type { IdpMetadata } from './idp-metadata.ts';
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
  return readEntities(xml, 'SPSSODescriptor', serviceProviderOf);
}

/** Every entity that is an identity provider of SAML 2.0; the same in everything else. */
export function readIdpMetadata(xml: string): readonly IdpMetadata[] {
  return readEntities(xml, 'IDPSSODescriptor', identityProviderOf);
}

interface Found {
  readonly entityId: string;
  readonly entity: XmlElement;
  readonly role: XmlElement;
  /** The earliest of what surrounds the role and of the role itself. */
  readonly validUntil: number | undefined;
}

function readEntities<T>(xml: string, roleName: string, read: (found: Found) => T): readonly T[] {
  // Windows tools write a byte order mark into files; in a file XML allows it (XML 1.0 §4.3.3).
  const root = parseXml(xml.startsWith(byteOrderMark) ? xml.slice(1) : xml, metadataLimits);
  const found = new Map<string, T>();

  const collect = (element: XmlElement, outerValidUntil: number | undefined): void => {
    const validUntil = earlier(outerValidUntil, instantAttribute(element, 'validUntil'));
    if (isElement(element, md, 'EntitiesDescriptor')) {
      for (const inner of childElements(element)) {
        if (isElement(inner, md, 'EntitiesDescriptor') || isElement(inner, md, 'EntityDescriptor')) {
          collect(inner, validUntil);
        }
      }
      return;
    }
    if (!isElement(element, md, 'EntityDescriptor')) throw metadataFault('The document is not SAML metadata');
    const entityId = attribute(element, 'entityID')?.trim() ?? '';
    if (entityId === '' || entityId.length > maxEntityIdLength) {
      throw metadataFault('An entity has no entityID or one that is too long');
    }
    const [role, second] = children(element, md, roleName).filter(speaksSaml2);
    if (role === undefined) return;
    if (second !== undefined) throw metadataFault('An entity has the same role twice', entityId);
    if (found.has(entityId)) throw metadataFault('An entity comes twice', entityId);
    found.set(
      entityId,
      atEntity(entityId, () => {
        const roleValidUntil = earlier(validUntil, instantAttribute(role, 'validUntil'));
        return read({ entityId, entity: element, role, validUntil: roleValidUntil });
      }),
    );
  };

  collect(root, undefined);
  return [...found.values()];
}

function serviceProviderOf({ entityId, entity, role, validUntil }: Found): SpMetadata {
  const wantAssertionsSigned = booleanAttribute(role, 'WantAssertionsSigned');
  const displayName = displayNameOf(entity, role);
  return {
    entityId,
    ...(validUntil === undefined ? {} : { validUntil }),
    signingKeys: keysOf(role, 'signing'),
    encryptionKeys: keysOf(role, 'encryption'),
    assertionConsumerServices: indexedEndpointsOf(role, 'AssertionConsumerService'),
    singleLogoutServices: endpointsOf(role, 'SingleLogoutService'),
    nameIdFormats: nameIdFormatsOf(role),
    authnRequestsSigned: booleanAttribute(role, 'AuthnRequestsSigned') ?? false,
    ...(wantAssertionsSigned === undefined ? {} : { wantAssertionsSigned }),
    ...(displayName === undefined ? {} : { displayName }),
  };
}

function identityProviderOf({ entityId, entity, role, validUntil }: Found): IdpMetadata {
  const displayName = displayNameOf(entity, role);
  return {
    entityId,
    ...(validUntil === undefined ? {} : { validUntil }),
    signingKeys: keysOf(role, 'signing'),
    encryptionKeys: keysOf(role, 'encryption'),
    wantAuthnRequestsSigned: booleanAttribute(role, 'WantAuthnRequestsSigned') ?? false,
    singleSignOnServices: endpointsOf(role, 'SingleSignOnService'),
    singleLogoutServices: endpointsOf(role, 'SingleLogoutService'),
    artifactResolutionServices: indexedEndpointsOf(role, 'ArtifactResolutionService'),
    nameIdFormats: nameIdFormatsOf(role),
    ...(displayName === undefined ? {} : { displayName }),
  };
}

function nameIdFormatsOf(role: XmlElement): readonly string[] {
  return children(role, md, 'NameIDFormat').flatMap((format) => textOf(format)?.trim() || []);
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
