/** @module ArtifactResolve and ArtifactResponse (saml-core §3.5), read and written: we issue artifacts, and we resolve those of others. */
import type { Signer } from '../../spi/signer.ts';
import { attribute, child, childElements, isElement, textOf, type XmlElement } from '../xml/element.ts';
import { signEnveloped } from '../xml/sign.ts';
import { element, signatureSlot, writeAroundSignature } from '../xml/writer.ts';
import { entityNameIdFormat, samlNamespaces, statusCodes } from './constants.ts';
import { malformed, required, single } from './message-fields.ts';
import { headerOf, type MessageHeader } from './message-header.ts';
import { type ReadStatus, statusOf } from './status-reader.ts';
import { formatInstant } from './values.ts';

const { samlp, ds } = samlNamespaces;

export interface ArtifactResolve extends MessageHeader {
  readonly artifact: string;
  readonly hasSignature: boolean;
}

/** @throws ERR_SAML_MALFORMED, ERR_SAML_UNSUPPORTED */
export function parseArtifactResolve(root: XmlElement): ArtifactResolve {
  if (!isElement(root, samlp, 'ArtifactResolve')) throw malformed('The message is not an ArtifactResolve');
  const artifact = single(root, samlp, 'Artifact');
  const text = artifact && textOf(artifact)?.trim();
  if (text === undefined) throw malformed('The request holds no artifact');
  return { ...headerOf(root), artifact: text, hasSignature: child(root, ds, 'Signature') !== undefined };
}

export interface ArtifactResponseInput {
  readonly id: string;
  readonly now: number;
  readonly issuer: string;
  readonly inResponseTo: string;
  /** A message in canonical form; absent where there is none any more, which is a success too (saml-core §3.5.3). */
  readonly message: string | undefined;
}

/**
 * The message inside declares the prefix `samlp` itself, as it stood alone; under an element of that prefix its canonical form would be
 * another one, so the one around it has a prefix of its own.
 */
const namespaces = { ...samlNamespaces, art: samlp };

/** Signed, in canonical form. */
export function signArtifactResponse(input: ArtifactResponseInput, signer: Signer): Promise<string> {
  const root = element(
    'art:ArtifactResponse',
    [
      ['ID', input.id],
      ['InResponseTo', input.inResponseTo],
      ['IssueInstant', formatInstant(input.now)],
      ['Version', '2.0'],
    ],
    element('saml:Issuer', [['Format', entityNameIdFormat]], input.issuer),
    signatureSlot,
    element('art:Status', [], element('art:StatusCode', [['Value', statusCodes.Success]])),
    ...(input.message === undefined ? [] : [{ kind: 'canonical', xml: input.message } as const]),
  );
  return signEnveloped(writeAroundSignature(root, namespaces), input.id, signer);
}

export interface ArtifactResolveInput {
  readonly id: string;
  readonly now: number;
  readonly issuer: string;
  readonly destination: string;
  readonly artifact: string;
}

/** Signed, in canonical form. */
export function signArtifactResolve(input: ArtifactResolveInput, signer: Signer): Promise<string> {
  const root = element(
    'samlp:ArtifactResolve',
    [
      ['Destination', input.destination],
      ['ID', input.id],
      ['IssueInstant', formatInstant(input.now)],
      ['Version', '2.0'],
    ],
    element('saml:Issuer', [['Format', entityNameIdFormat]], input.issuer),
    signatureSlot,
    element('samlp:Artifact', [], input.artifact),
  );
  return signEnveloped(writeAroundSignature(root, samlNamespaces), input.id, signer);
}

export interface ArtifactResponse extends MessageHeader {
  readonly inResponseTo: string;
  readonly status: ReadStatus;
  /** The one message in it; absent where there is none any more. */
  readonly message?: XmlElement;
  readonly hasSignature: boolean;
}

/** @throws ERR_SAML_MALFORMED, ERR_SAML_UNSUPPORTED */
export function parseArtifactResponse(root: XmlElement): ArtifactResponse {
  if (!isElement(root, samlp, 'ArtifactResponse')) throw malformed('The message is not an ArtifactResponse');
  const own = ['Issuer', 'Signature', 'Extensions', 'Status'];
  const [message, second] = childElements(root).filter(({ localName }) => !own.includes(localName));
  if (second !== undefined) throw malformed('The answer holds more than one message');
  return {
    ...headerOf(root),
    inResponseTo: required(attribute(root, 'InResponseTo'), 'InResponseTo'),
    status: statusOf(required(single(root, samlp, 'Status'), 'Status')),
    ...(message === undefined ? {} : { message }),
    hasSignature: child(root, ds, 'Signature') !== undefined,
  };
}
