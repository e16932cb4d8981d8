/** @module Issuing a Response with one bearer assertion (saml-profiles §4.1.4.2), or with a status that says why there is none. */
import type { Signer } from '../../spi/signer.ts';
import { signEnveloped } from '../xml/sign.ts';
import { type CanonicalXml, element, type OutElement, signatureSlot, writeAroundSignature } from '../xml/writer.ts';
import { bearerConfirmation, entityNameIdFormat, samlNamespaces, statusCodes } from './constants.ts';
import { formatInstant } from './values.ts';

export interface SamlAttribute {
  readonly name: string;
  readonly nameFormat: string;
  readonly friendlyName?: string;
  readonly values: readonly string[];
}

/** What both kinds of response have. Instants are milliseconds since the epoch; ids are NCNames that nobody can guess. */
interface MessageInput {
  readonly responseId: string;
  readonly now: number;
  /** Our entityID. */
  readonly issuer: string;
  /** The assertion consumer service. */
  readonly destination: string;
  /** Absent when nobody asked. */
  readonly inResponseTo?: string;
}

export interface ResponseInput extends MessageInput {
  readonly assertionId: string;
  /** The partner's entityID. */
  readonly audience: string;
  readonly nameId: { readonly format: string; readonly value: string; readonly spNameQualifier?: string };
  readonly sessionIndex: string;
  readonly authnInstant: number;
  readonly sessionNotOnOrAfter: number;
  readonly authnContextClassRef: string;
  readonly notBefore: number;
  readonly notOnOrAfter: number;
  /** Whoever reads the assertion must not keep it (saml-core §2.5.1.5). */
  readonly oneTimeUse?: boolean;
  /** Values are written without a type, as text; an attribute without values is left out. */
  readonly attributes: readonly SamlAttribute[];
  /** Which element is signed. `both` costs two signatures. */
  readonly sign: 'assertion' | 'response' | 'both';
  /** Encrypts the assertion for the partner, after it has been signed (saml-core §6.2). Absent: it is sent as it is. */
  readonly encrypt?: (assertion: string) => CanonicalXml;
}

export interface StatusResponseInput extends MessageInput {
  /** Top-level code (saml-core §3.2.2.2). */
  readonly status: string;
  readonly subStatus?: string;
}

/**
 * A whole Response in canonical form.
 * @throws ERR_XML_FORBIDDEN when a value holds a character that XML does not have, or a name a carriage return.
 */
export async function issueResponse(input: ResponseInput, signer: Signer): Promise<string> {
  const assertion = writeAroundSignature(assertionOf(input), samlNamespaces);
  const assertionXml =
    input.sign === 'response'
      ? assertion.head + assertion.tail
      : await signEnveloped(assertion, input.assertionId, signer);
  const response = writeAroundSignature(
    responseOf(input, statusOf(statusCodes.Success), carried(assertionXml, input.encrypt)),
    samlNamespaces,
  );
  return input.sign === 'assertion' ? response.head + response.tail : signEnveloped(response, input.responseId, signer);
}

/** A Response without an assertion, signed. @throws ERR_XML_FORBIDDEN */
export function issueStatusResponse(input: StatusResponseInput, signer: Signer): Promise<string> {
  const response = responseOf(input, statusOf(input.status, input.subStatus));
  return signEnveloped(writeAroundSignature(response, samlNamespaces), input.responseId, signer);
}

function carried(xml: string, encrypt: ResponseInput['encrypt']): CanonicalXml | OutElement {
  return encrypt === undefined ? { kind: 'canonical', xml } : element('saml:EncryptedAssertion', [], encrypt(xml));
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

function statusOf(code: string, subStatus?: string): OutElement {
  const inner = subStatus === undefined ? [] : [element('samlp:StatusCode', [['Value', subStatus]])];
  return element('samlp:Status', [], element('samlp:StatusCode', [['Value', code]], ...inner));
}

function assertionOf(input: ResponseInput): OutElement {
  const attributes = input.attributes.filter((one) => one.values.length > 0);
  return element(
    'saml:Assertion',
    [
      ['ID', input.assertionId],
      ['IssueInstant', formatInstant(input.now)],
      ['Version', '2.0'],
    ],
    issuerOf(input.issuer),
    signatureSlot,
    subjectOf(input),
    element(
      'saml:Conditions',
      [
        ['NotBefore', formatInstant(input.notBefore)],
        ['NotOnOrAfter', formatInstant(input.notOnOrAfter)],
      ],
      element('saml:AudienceRestriction', [], element('saml:Audience', [], input.audience)),
      ...(input.oneTimeUse === true ? [element('saml:OneTimeUse', [])] : []),
    ),
    element(
      'saml:AuthnStatement',
      [
        ['AuthnInstant', formatInstant(input.authnInstant)],
        ['SessionIndex', input.sessionIndex],
        ['SessionNotOnOrAfter', formatInstant(input.sessionNotOnOrAfter)],
      ],
      element('saml:AuthnContext', [], element('saml:AuthnContextClassRef', [], input.authnContextClassRef)),
    ),
    ...(attributes.length === 0 ? [] : [element('saml:AttributeStatement', [], ...attributes.map(attributeOf))]),
  );
}

function issuerOf(entityId: string): OutElement {
  return element('saml:Issuer', [['Format', entityNameIdFormat]], entityId);
}

function subjectOf(input: ResponseInput): OutElement {
  return element(
    'saml:Subject',
    [],
    element(
      'saml:NameID',
      [
        ['Format', input.nameId.format],
        ['SPNameQualifier', input.nameId.spNameQualifier],
      ],
      input.nameId.value,
    ),
    element(
      'saml:SubjectConfirmation',
      [['Method', bearerConfirmation]],
      element('saml:SubjectConfirmationData', [
        ['InResponseTo', input.inResponseTo],
        ['NotOnOrAfter', formatInstant(input.notOnOrAfter)],
        ['Recipient', input.destination],
      ]),
    ),
  );
}

function attributeOf(one: SamlAttribute): OutElement {
  return element(
    'saml:Attribute',
    [
      ['FriendlyName', one.friendlyName],
      ['Name', one.name],
      ['NameFormat', one.nameFormat],
    ],
    // Without xsi:type: every peer takes that for a string, and no namespace prefix has to be kept alive in content.
    // Directories hold addresses with CR LF; XML knows one line end.
    ...one.values.map((value) => element('saml:AttributeValue', [], value.replace(/\r\n?/g, '\n'))),
  );
}
