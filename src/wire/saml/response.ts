/** @module Issuing a Response with assertions (saml-core §3.3.3), with one bearer assertion (saml-profiles §4.1.4.2), or with a status that says why there is none. */
import type { Signer } from '../../spi/signer.ts';
import { signEnveloped } from '../xml/sign.ts';
import { type CanonicalXml, element, type OutElement, signatureSlot, writeAroundSignature } from '../xml/writer.ts';
import { type AssertionInput, issueAssertion, issuerOf } from './assertion-writer.ts';
import { samlNamespaces, statusCodes } from './constants.ts';
import { formatInstant } from './values.ts';

export type { SamlAttribute } from './assertion-writer.ts';

/** What every response has. Instants are milliseconds since the epoch; ids are NCNames that nobody can guess. */
interface MessageInput {
  readonly responseId: string;
  readonly now: number;
  /** Our entityID. */
  readonly issuer: string;
  /** The assertion consumer service; absent where the answer goes down the connection of the question. */
  readonly destination?: string;
  /** Absent when nobody asked. */
  readonly inResponseTo?: string;
}

export interface ResponseInput
  extends MessageInput,
    Pick<
      AssertionInput,
      | 'assertionId'
      | 'audience'
      | 'nameId'
      | 'notBefore'
      | 'notOnOrAfter'
      | 'oneTimeUse'
      | 'attributes'
      | 'encrypt'
      | 'encryptNameId'
      | 'encryptAttributes'
    > {
  readonly destination: string;
  /** Absent: there is no session that a logout could end. */
  readonly sessionIndex?: string | undefined;
  readonly authnInstant: number;
  readonly sessionNotOnOrAfter: number;
  readonly authnContextClassRef: string;
  /** Which element is signed. `both` costs two signatures. */
  readonly sign: 'assertion' | 'response' | 'both' | 'none';
}

export interface AssertionsResponseInput extends MessageInput {
  /** As `issueAssertion` makes them, encrypted or not. */
  readonly assertions: readonly CanonicalXml[];
  readonly isSigned: boolean;
}

export interface StatusResponseInput extends MessageInput {
  /** Top-level code (saml-core §3.2.2.2). */
  readonly status: string;
  readonly subStatus?: string;
  /** `none` where a signature stands beside the message. Absent: `response`. */
  readonly sign?: 'response' | 'none';
}

/**
 * A whole Response in canonical form.
 * @throws ERR_XML_FORBIDDEN when a value holds a character that XML does not have, or a name a carriage return.
 */
export async function issueResponse(input: ResponseInput, signer: Signer): Promise<string> {
  return respondWithBearer(input, await issueBearer(input, signer), signer);
}

/** The rest of such a Response, around its assertion. @throws ERR_XML_FORBIDDEN */
export function respondWithBearer(input: ResponseInput, assertion: CanonicalXml, signer: Signer): Promise<string> {
  return respondWith({ ...messageOf(input), assertions: [assertion], ...signing(input) }, signer);
}

/** The assertion of such a Response. @throws ERR_XML_FORBIDDEN */
export function issueBearer(input: ResponseInput, signer: Signer): Promise<CanonicalXml> {
  const { sign, destination, inResponseTo, sessionIndex, authnInstant, authnContextClassRef, sessionNotOnOrAfter } =
    input;
  return issueAssertion(
    {
      ...input,
      bearer: { recipient: destination, inResponseTo },
      login: { authnInstant, authnContextClassRef, sessionNotOnOrAfter, sessionIndex },
      isSigned: sign === 'assertion' || sign === 'both',
    },
    signer,
  );
}

/** A Response of success with assertions that have been made, none where there is none. @throws ERR_XML_FORBIDDEN */
export function respondWith(input: AssertionsResponseInput, signer: Signer): Promise<string> {
  const response = responseOf(input, statusOf(statusCodes.Success), ...input.assertions);
  return finished(response, input, signer);
}

/** A Response without an assertion. @throws ERR_XML_FORBIDDEN */
export function issueStatusResponse(input: StatusResponseInput, signer: Signer): Promise<string> {
  const response = responseOf(input, statusOf(input.status, input.subStatus));
  return finished(response, { responseId: input.responseId, isSigned: input.sign !== 'none' }, signer);
}

async function finished(
  response: OutElement,
  { responseId, isSigned }: { readonly responseId: string; readonly isSigned: boolean },
  signer: Signer,
): Promise<string> {
  const written = writeAroundSignature(response, samlNamespaces);
  return isSigned ? signEnveloped(written, responseId, signer) : written.head + written.tail;
}

function messageOf({ responseId, now, issuer, destination, inResponseTo }: ResponseInput) {
  return { responseId, now, issuer, destination, ...(inResponseTo === undefined ? {} : { inResponseTo }) };
}

function signing({ sign }: ResponseInput) {
  return { isSigned: sign === 'response' || sign === 'both' };
}

function responseOf(
  input: MessageInput,
  status: OutElement,
  ...assertions: readonly (CanonicalXml | OutElement)[]
): OutElement {
  return element(
    'samlp:Response',
    [
      ['Destination', input.destination],
      ['ID', input.responseId],
      ['InResponseTo', input.inResponseTo],
      ['IssueInstant', formatInstant(input.now)],
      ['Version', '2.0'],
    ],
    issuerOf(input.issuer),
    signatureSlot,
    status,
    ...assertions,
  );
}

export function statusOf(code: string, subStatus?: string): OutElement {
  const inner = subStatus === undefined ? [] : [element('samlp:StatusCode', [['Value', subStatus]])];
  return element('samlp:Status', [], element('samlp:StatusCode', [['Value', code]], ...inner));
}
