/** @module LogoutResponse (saml-core §3.7.2): read into plain data, and written with or without an enveloped signature. */
import type { Signer } from '../../spi/signer.ts';
import { attribute, child, isElement, type XmlElement } from '../xml/element.ts';
import { signEnveloped } from '../xml/sign.ts';
import { element, type OutElement, signatureSlot, writeAroundSignature } from '../xml/writer.ts';
import { entityNameIdFormat, samlNamespaces, statusCodes } from './constants.ts';
import { malformed, required, single, uriAttribute } from './message-fields.ts';
import { headerOf, type MessageHeader } from './message-header.ts';
import { formatInstant } from './values.ts';

export interface LogoutResponse extends MessageHeader {
  readonly inResponseTo: string;
  /** Top-level code, a URI (saml-core §3.2.2.2). */
  readonly status: string;
  readonly subStatus?: string;
  /** True when the element carries a signature; never of what `verifyEnveloped` returns. */
  readonly hasSignature: boolean;
}

const { samlp, ds } = samlNamespaces;

/** @throws ERR_SAML_MALFORMED, ERR_SAML_UNSUPPORTED (another version) */
export function parseLogoutResponse(root: XmlElement): LogoutResponse {
  if (!isElement(root, samlp, 'LogoutResponse')) throw malformed('The message is not a LogoutResponse');
  const status = single(root, samlp, 'Status');
  const code = status && single(status, samlp, 'StatusCode');
  const value = code && attribute(code, 'Value');
  if (code === undefined || value === undefined) throw malformed('The status is missing');
  const inner = single(code, samlp, 'StatusCode');
  const subStatus = inner && uriAttribute(inner, 'Value');
  return {
    ...headerOf(root),
    inResponseTo: required(uriAttribute(root, 'InResponseTo'), 'InResponseTo'),
    status: value.trim(),
    ...(subStatus === undefined ? {} : { subStatus }),
    hasSignature: child(root, ds, 'Signature') !== undefined,
  };
}

/** Everybody was reached, or "I have ended the session, and could not tell everybody" (saml-core §3.7.3.2). */
export type LogoutStatus = 'Success' | 'PartialLogout' | 'UnknownPrincipal';

export interface LogoutResponseInput {
  readonly id: string;
  readonly now: number;
  /** Our entityID. */
  readonly issuer: string;
  /** Absent on the back channel, where the answer goes down the connection. */
  readonly destination?: string;
  readonly inResponseTo: string;
  readonly status: LogoutStatus;
}

/** In canonical form without a signature, as the Redirect binding carries it. @throws ERR_XML_FORBIDDEN */
export function buildLogoutResponse(input: LogoutResponseInput): string {
  const { head, tail } = writeAroundSignature(responseOf(input), samlNamespaces);
  return head + tail;
}

/** With an enveloped signature, as POST and SOAP carry it. @throws ERR_XML_FORBIDDEN */
export function signLogoutResponse(input: LogoutResponseInput, signer: Signer): Promise<string> {
  return signEnveloped(writeAroundSignature(responseOf(input), samlNamespaces), input.id, signer);
}

function responseOf(input: LogoutResponseInput): OutElement {
  return element(
    'samlp:LogoutResponse',
    [
      ['Destination', input.destination],
      ['ID', input.id],
      ['InResponseTo', input.inResponseTo],
      ['IssueInstant', formatInstant(input.now)],
      ['Version', '2.0'],
    ],
    element('saml:Issuer', [['Format', entityNameIdFormat]], input.issuer),
    signatureSlot,
    statusOf(input.status),
  );
}

/** The session is ended whoever was reached, so the first level is Success; the second says that somebody was not. */
function statusOf(status: LogoutStatus): OutElement {
  const second = (name: 'PartialLogout' | 'UnknownPrincipal') =>
    element('samlp:StatusCode', [['Value', statusCodes[name]]]);
  const first = (name: 'Success' | 'Requester', ...inner: readonly OutElement[]) =>
    element('samlp:Status', [], element('samlp:StatusCode', [['Value', statusCodes[name]]], ...inner));
  switch (status) {
    case 'Success':
      return first('Success');
    case 'PartialLogout':
      return first('Success', second(status));
    case 'UnknownPrincipal':
      return first('Requester', second(status));
    default:
      return status satisfies never;
  }
}
