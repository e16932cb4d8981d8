/** @module Reading metadata of service providers and of identity providers (saml-metadata §2): one EntityDescriptor, or many in EntitiesDescriptors. */
import { GatehouseError } from '../../spi/errors.ts';
import { attribute, children, textOf, type XmlElement } from '../xml/element.ts';
import { saml2Protocol, samlNamespaces } from './constants.ts';
import { readEntitiesOf } from './entities.ts';
import type { IdpMetadata } from './idp-metadata.ts';
import { displayNameOf } from './metadata-display-name.ts';
import {
  booleanAttribute,
  earlier,
  endpointsOf,
  entityIdOf,
  indexedEndpointsOf,
  instantAttribute,
  metadataFault,
} from './metadata-fields.ts';
import { keysOf } from './metadata-keys.ts';
import { attributeServicesOf, subjectIdRequirementOf } from './requested-attributes.ts';
import type { SpMetadata } from './sp-metadata.ts';

export type { IdpMetadata } from './idp-metadata.ts';
export type { AssertionConsumerService, Endpoint, RespondingEndpoint, SpMetadata } from './sp-metadata.ts';

const { md } = samlNamespaces;

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

/**
 * One entity as a service provider; `undefined` when it is none of SAML 2.0.
 * @param outerValidUntil the earliest `validUntil` of the entity and of what surrounds it.
 * @throws ERR_SAML_METADATA
 */
export function serviceProvider(entity: XmlElement, outerValidUntil: number | undefined): SpMetadata | undefined {
  return readRole(entity, outerValidUntil, 'SPSSODescriptor', serviceProviderOf);
}

/** The same as an identity provider. */
export function identityProvider(entity: XmlElement, outerValidUntil: number | undefined): IdpMetadata | undefined {
  return readRole(entity, outerValidUntil, 'IDPSSODescriptor', identityProviderOf);
}

/** Whether an entity has the role, without reading it. */
export function isServiceProvider(entity: XmlElement): boolean {
  return children(entity, md, 'SPSSODescriptor').some(speaksSaml2);
}

/** The same of an identity provider. */
export function isIdentityProvider(entity: XmlElement): boolean {
  return children(entity, md, 'IDPSSODescriptor').some(speaksSaml2);
}

function readEntities<T>(xml: string, roleName: string, read: (found: Found) => T): readonly T[] {
  return [...readEntitiesOf(Buffer.from(xml), undefined)].flatMap(({ element, validUntil }) => {
    const result = readRole(element, validUntil, roleName, read);
    return result === undefined ? [] : [result];
  });
}

function readRole<T>(
  entity: XmlElement,
  outerValidUntil: number | undefined,
  roleName: string,
  read: (found: Found) => T,
): T | undefined {
  const entityId = entityIdOf(entity);
  const [role, second] = children(entity, md, roleName).filter(speaksSaml2);
  if (role === undefined) return undefined;
  if (second !== undefined) throw metadataFault('An entity has the same role twice', entityId);
  return atEntity(entityId, () => {
    const validUntil = earlier(outerValidUntil, instantAttribute(role, 'validUntil'));
    return read({ entityId, entity, role, validUntil });
  });
}

function serviceProviderOf({ entityId, entity, role, validUntil }: Found): SpMetadata {
  const wantAssertionsSigned = booleanAttribute(role, 'WantAssertionsSigned');
  const displayName = displayNameOf(entity, role);
  const attributeServices = attributeServicesOf(role);
  const subjectId = subjectIdRequirementOf(entity);
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
    ...(attributeServices.length === 0 ? {} : { attributeServices }),
    ...(subjectId === undefined ? {} : { subjectId }),
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

/** Says which entity of an aggregate is at fault. */
function atEntity<T>(entityId: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    throw new GatehouseError(error.code, error.message, { cause: error, facts: { ...error.facts, entityId } });
  }
}
