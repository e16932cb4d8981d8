/** @module A SAML partner: what its metadata says and what the administrator settled about it. */
import type { KeyObject } from 'node:crypto';
import { GatehouseError } from '../../spi/errors.ts';
import type { Signer } from '../../spi/signer.ts';
import type { EncryptedPart } from '../../spi/xml-encryption.ts';
import { nameIdFormats } from '../../wire/saml/constants.ts';
import type { RespondingEndpoint, SpMetadata } from '../../wire/saml/metadata-reader.ts';
import type { Recipient } from '../../wire/xml/encrypt.ts';
import type { AttributeRule, ReleasePolicy } from './attribute-release.ts';
import { type ConsumerServices, consumerServicesOf } from './consumer-service.ts';

/** What the configuration says about one partner. */
export interface PartnerSettings {
  readonly name?: string | undefined;
  /** False: it is nobody, on every way. Absent: true. */
  readonly enabled?: boolean | undefined;
  /** Which element carries the signature; two signatures cost twice. */
  readonly sign: 'assertion' | 'response' | 'both';
  /** By its entityID, asked for each message. Absent: the one that everybody else gets. */
  readonly signer?: ((entityId: string) => Signer) | undefined;
  /** Answers by HTTP-Redirect where its metadata has such a service, which saml-profiles §4.1.2 does not have. */
  readonly redirectResponses?: boolean | undefined;
  readonly requireSignedRequests?: boolean | undefined;
  readonly nameIdFormat?: string | undefined;
  /** Partners of one affiliation get one persistent name of a person (saml-core §3.4.1.1). */
  readonly affiliation?: string | undefined;
  /** Name of the attribute that carries the roles: PicketLink's `Role` unless told otherwise. */
  readonly roleAttribute: string;
  /** Set where its metadata came over the network: the private addresses that may be gone to. */
  readonly onlyPrivate?: readonly string[] | undefined;
  /** Absent: roles, and what its metadata asks for. */
  readonly attributes?: readonly AttributeRule[] | undefined;
  /** Its assertions are kept for as long as they are valid, so that it can ask for them by ID. */
  readonly assertionsById?: boolean | undefined;
  /** False: what its metadata asks for is not given for the asking. */
  readonly releasesRequested?: boolean | undefined;
  /** Absent: assertions go to it as they are. `what` is the whole assertion unless told otherwise. */
  readonly encrypt?: (Omit<Recipient, 'publicKey'> & { readonly what?: readonly EncryptedPart[] }) | undefined;
}

/** The key that signs for a partner now. Asked for each message: keys roll over while the server runs. */
export type SignerFor = (partner: Pick<Partner, 'entityId' | 'settings'>) => Signer;

export interface Partner {
  readonly entityId: string;
  readonly displayName: string;
  /** False: it is nobody. Absent: true. */
  readonly enabled?: boolean | undefined;
  readonly settings: PartnerSettings;
  /** Every key that may have signed a request, old and new during a rollover. */
  readonly signingKeys: readonly KeyObject[];
  /** Set where assertions, or parts of them, are encrypted for it. */
  readonly recipient: Recipient | undefined;
  /** Empty without a recipient. */
  readonly encryptedParts: readonly EncryptedPart[];
  readonly requiresSignedRequests: boolean;
  readonly assertionConsumerServices: ConsumerServices;
  readonly singleLogoutServices: readonly RespondingEndpoint[];
  /** Set where its addresses came over the network: the private ones that may be gone to. */
  readonly onlyPrivate: readonly string[] | undefined;
  /** What it gets when it does not ask: the first of these in which the person has a name. Never empty. */
  readonly nameIdFormats: readonly string[];
  readonly release: ReleasePolicy;
  /** Milliseconds since the epoch; after it the metadata says nothing any more (saml-metadata §2.3.1). */
  readonly validUntil: number | undefined;
}

/** @throws ERR_SAML_METADATA when nothing in it can be answered to or what is required cannot be checked. */
export function createPartner(metadata: SpMetadata, settings: PartnerSettings): Partner {
  const facts = { partner: metadata.entityId };
  const services = consumerServicesOf(metadata, settings);
  if (services.browser.length === 0 && services.paos.length === 0) {
    throw new GatehouseError('ERR_SAML_METADATA', 'metadata names no assertion consumer service that can be used', {
      facts: { ...facts, needed: 'HTTP-POST, PAOS, or HTTP-Artifact and a signing key' },
    });
  }
  const requiresSignedRequests = settings.requireSignedRequests ?? metadata.authnRequestsSigned;
  if (requiresSignedRequests && metadata.signingKeys.length === 0) {
    throw new GatehouseError(
      'ERR_SAML_METADATA',
      'signed requests are required, but the metadata holds no signing key',
      { facts },
    );
  }
  return {
    entityId: metadata.entityId,
    displayName: settings.name ?? metadata.displayName ?? metadata.entityId,
    enabled: settings.enabled,
    settings,
    signingKeys: metadata.signingKeys,
    recipient: settings.encrypt && { ...settings.encrypt, publicKey: encryptionKeyOf(metadata) },
    encryptedParts: settings.encrypt === undefined ? [] : (settings.encrypt.what ?? ['assertion']),
    requiresSignedRequests,
    assertionConsumerServices: services,
    singleLogoutServices: metadata.singleLogoutServices,
    onlyPrivate: settings.onlyPrivate,
    nameIdFormats: settings.nameIdFormat === undefined ? supported(metadata.nameIdFormats) : [settings.nameIdFormat],
    release: {
      rules: settings.attributes,
      roleAttribute: settings.roleAttribute,
      services: metadata.attributeServices ?? [],
      subjectId: metadata.subjectId,
      releasesRequested: settings.releasesRequested ?? true,
    },
    validUntil: metadata.validUntil,
  };
}

/** The first RSA key: during a roll-over partners put the one to use first, and keep the old one for what is under way. */
function encryptionKeyOf(metadata: SpMetadata): KeyObject {
  const key = metadata.encryptionKeys.find(({ asymmetricKeyType }) => asymmetricKeyType === 'rsa');
  if (key !== undefined) return key;
  throw new GatehouseError(
    'ERR_SAML_METADATA',
    'assertions are to be encrypted, but the metadata holds no RSA key for encryption',
    { facts: { partner: metadata.entityId } },
  );
}

function supported(formats: readonly string[]): readonly string[] {
  const known: readonly string[] = Object.values(nameIdFormats);
  const offered = formats.filter((format) => known.includes(format));
  return offered.length === 0 ? [nameIdFormats.unspecified] : offered;
}
