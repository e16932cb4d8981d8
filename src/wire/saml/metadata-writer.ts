/** @module Writing the metadata of our identity provider (saml-metadata §2.3.2, §2.4.3), signed. */
import type { Signer } from '../../spi/signer.ts';
import { signEnveloped } from '../xml/sign.ts';
import { element, type OutElement, signatureSlot, writeAroundSignature } from '../xml/writer.ts';
import { bindings, saml2Protocol, samlNamespaces } from './constants.ts';
import { keyDescriptors } from './key-descriptors.ts';
import { algorithmSupport, identifierScope } from './metadata-extensions.ts';
import { formatInstant } from './values.ts';

export interface IdpMetadataInput {
  /** The ID of the document, to which its signature refers: an NCName. */
  readonly id: string;
  readonly entityId: string;
  /** DER, active first; during a roll-over every certificate that may have signed. */
  readonly certificates: readonly Uint8Array[];
  /** DER, active first: with whose keys partners may encrypt. None where it is left out. */
  readonly encryptionCertificates?: readonly Uint8Array[];
  readonly ssoUrls: { readonly redirect?: string; readonly post?: string; readonly soap?: string | undefined };
  /** One address for all of Redirect, POST and SOAP. Absent: no single logout. */
  readonly sloUrl?: string;
  /** Where artifacts are resolved over SOAP. Absent: none are issued. */
  readonly artifactUrl?: string;
  /** Where attributes are asked for over SOAP. Absent: nowhere. */
  readonly attributeUrl?: string;
  /** Where assertions are asked for by ID over SOAP. Absent: nowhere. */
  readonly assertionIdUrl?: string | undefined;
  /** What stands after the `@` of identifiers that we make. */
  readonly scope: string;
  /** In order of preference. */
  readonly nameIdFormats: readonly string[];
  readonly wantAuthnRequestsSigned: boolean;
  /** Milliseconds since the epoch. */
  readonly validUntil: number;
}

/** The document in canonical form, signed on its root. @throws ERR_XML_FORBIDDEN */
export async function buildIdpMetadata(input: IdpMetadataInput, signer: Signer): Promise<string> {
  const root = element(
    'md:EntityDescriptor',
    [
      ['ID', input.id],
      ['entityID', input.entityId],
      ['validUntil', formatInstant(input.validUntil)],
    ],
    signatureSlot,
    roleOf(input),
    ...attributeAuthorityOf(input),
  );
  return signEnveloped(writeAroundSignature(root, samlNamespaces), input.id, signer);
}

function roleOf(input: IdpMetadataInput): OutElement {
  return element(
    'md:IDPSSODescriptor',
    [
      ['WantAuthnRequestsSigned', String(input.wantAuthnRequestsSigned)],
      ['protocolSupportEnumeration', saml2Protocol],
    ],
    element('md:Extensions', [], ...algorithmSupport(), identifierScope(input.scope)),
    ...keyDescriptors(input),
    ...(input.artifactUrl === undefined ? [] : [resolutionServiceOf(input.artifactUrl)]),
    ...[bindings.redirect, bindings.post, bindings.soap].flatMap((binding) =>
      endpointOf('SingleLogoutService', binding, input.sloUrl),
    ),
    ...input.nameIdFormats.map((format) => element('md:NameIDFormat', [], format)),
    ...endpointOf('SingleSignOnService', bindings.redirect, input.ssoUrls.redirect),
    ...endpointOf('SingleSignOnService', bindings.post, input.ssoUrls.post),
    ...endpointOf('SingleSignOnService', bindings.soap, input.ssoUrls.soap),
    ...endpointOf('AssertionIDRequestService', bindings.soap, input.assertionIdUrl),
  );
}

/** saml-metadata §2.4.7. */
function attributeAuthorityOf(input: IdpMetadataInput): readonly OutElement[] {
  if (input.attributeUrl === undefined) return [];
  return [
    element(
      'md:AttributeAuthorityDescriptor',
      [['protocolSupportEnumeration', saml2Protocol]],
      element('md:Extensions', [], ...algorithmSupport(), identifierScope(input.scope)),
      ...keyDescriptors(input),
      ...endpointOf('AttributeService', bindings.soap, input.attributeUrl),
      ...endpointOf('AssertionIDRequestService', bindings.soap, input.assertionIdUrl),
      ...input.nameIdFormats.map((format) => element('md:NameIDFormat', [], format)),
    ),
  ];
}

/** The index is the one that artifacts name (saml-bindings §3.6.4). */
function resolutionServiceOf(location: string): OutElement {
  return element('md:ArtifactResolutionService', [
    ['Binding', bindings.soap],
    ['Location', location],
    ['index', '0'],
    ['isDefault', 'true'],
  ]);
}

function endpointOf(kind: string, binding: string, location: string | undefined): readonly OutElement[] {
  if (location === undefined) return [];
  return [
    element(`md:${kind}`, [
      ['Binding', binding],
      ['Location', location],
    ]),
  ];
}
