/** @module Writing the metadata of a service provider of ours (saml-metadata §2.3.2, §2.4.4), signed. */
import type { Signer } from '../../spi/signer.ts';
import { signEnveloped } from '../xml/sign.ts';
import { element, type OutElement, signatureSlot, writeAroundSignature } from '../xml/writer.ts';
import { type BindingName, bindingUri, saml2Protocol, samlNamespaces } from './constants.ts';
import { keyDescriptors, type OwnCertificates } from './key-descriptors.ts';
import { formatInstant } from './values.ts';

export interface ConsumerServiceInput {
  readonly binding: Extract<BindingName, 'HTTP-POST' | 'HTTP-Artifact'>;
  readonly location: string;
  readonly index: number;
}

export interface SpMetadataInput extends OwnCertificates {
  /** The ID of the document, to which its signature refers: an NCName. */
  readonly id: string;
  readonly entityId: string;
  /** The first is the default. */
  readonly consumerServices: readonly ConsumerServiceInput[];
  /** In the order in which they are preferred. None: no single logout. */
  readonly logoutServices?: readonly { readonly binding: BindingName; readonly location: string }[];
  readonly nameIdFormats: readonly string[];
  /** Milliseconds since the epoch. */
  readonly validUntil: number;
}

/** The document in canonical form, signed on its root. @throws ERR_XML_FORBIDDEN */
export async function buildSpMetadata(input: SpMetadataInput, signer: Signer): Promise<string> {
  const root = element(
    'md:EntityDescriptor',
    [
      ['ID', input.id],
      ['entityID', input.entityId],
      ['validUntil', formatInstant(input.validUntil)],
    ],
    signatureSlot,
    roleOf(input),
  );
  return signEnveloped(writeAroundSignature(root, samlNamespaces), input.id, signer);
}

function roleOf(input: SpMetadataInput): OutElement {
  const { logoutServices = [], consumerServices } = input;
  return element(
    'md:SPSSODescriptor',
    [
      ['AuthnRequestsSigned', 'true'],
      ['WantAssertionsSigned', 'true'],
      ['protocolSupportEnumeration', saml2Protocol],
    ],
    ...keyDescriptors(input),
    ...logoutServices.map(({ binding, location }) =>
      element('md:SingleLogoutService', [
        ['Binding', bindingUri(binding)],
        ['Location', location],
      ]),
    ),
    ...input.nameIdFormats.map((format) => element('md:NameIDFormat', [], format)),
    ...consumerServices.map(({ binding, location, index }, position) =>
      element('md:AssertionConsumerService', [
        ['Binding', bindingUri(binding)],
        ['Location', location],
        ['index', String(index)],
        ['isDefault', position === 0 ? 'true' : undefined],
      ]),
    ),
  );
}
