/** @module Answers to messages whose response is an element of its own, saying that they are not supported (saml-core §3.6.2, §3.8.2), signed. */
import type { Signer } from '../../spi/signer.ts';
import { signEnveloped } from '../xml/sign.ts';
import { element, signatureSlot, writeAroundSignature } from '../xml/writer.ts';
import { issuerOf } from './assertion-writer.ts';
import { samlNamespaces, statusCodes } from './constants.ts';
import type { RefusedQueryKind } from './queries.ts';
import { statusOf } from './response.ts';
import { formatInstant } from './values.ts';

export interface UnsupportedInput {
  readonly id: string;
  readonly now: number;
  /** Our entityID. */
  readonly issuer: string;
  readonly inResponseTo: string;
  readonly kind: RefusedQueryKind;
  /** Of a NameIDMappingRequest: the name that was asked about, in canonical form. */
  readonly subject?: string | undefined;
}

const answers: Readonly<Record<RefusedQueryKind, string>> = {
  NameIDMappingRequest: 'NameIDMappingResponse',
  ManageNameIDRequest: 'ManageNameIDResponse',
  AuthnQuery: 'Response',
  AuthzDecisionQuery: 'Response',
};

/**
 * The schema wants a name in a NameIDMappingResponse whatever its status is: it is the one that was asked about, which says nothing.
 * @throws ERR_XML_FORBIDDEN
 */
export function signUnsupported(input: UnsupportedInput, signer: Signer): Promise<string> {
  const { subject } = input;
  const root = element(
    `samlp:${answers[input.kind]}`,
    [
      ['ID', input.id],
      ['InResponseTo', input.inResponseTo],
      ['IssueInstant', formatInstant(input.now)],
      ['Version', '2.0'],
    ],
    issuerOf(input.issuer),
    signatureSlot,
    statusOf(statusCodes.Requester, statusCodes.RequestUnsupported),
    ...(subject === undefined ? [] : [{ kind: 'canonical', xml: subject } as const]),
  );
  return signEnveloped(writeAroundSignature(root, samlNamespaces), input.id, signer);
}
