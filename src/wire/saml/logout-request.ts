/** @module LogoutRequest (saml-core §3.7.1): read into plain data, and written with or without an enveloped signature. */
import type { Signer } from '../../spi/signer.ts';
import { type DecryptionOptions, decryptElement } from '../xml/decrypt.ts';
import { attribute, child, children, isElement, textOf, type XmlElement } from '../xml/element.ts';
import { parseXml } from '../xml/parse.ts';
import { signEnveloped } from '../xml/sign.ts';
import { type CanonicalXml, element, type OutElement, signatureSlot, writeAroundSignature } from '../xml/writer.ts';
import { entityNameIdFormat, nameIdFormats, samlNamespaces } from './constants.ts';
import { malformed, maxNameLength, optional, single, unsupported, uriAttribute } from './message-fields.ts';
import { headerOf, type MessageHeader } from './message-header.ts';
import { formatInstant, parseInstant } from './values.ts';

export interface NamedPerson {
  /** A URI of saml-core §8.3; `unspecified` where the name does not say. */
  readonly format: string;
  readonly value: string;
  /** In whose domain it is a name; absent where the name does not say. */
  readonly nameQualifier?: string;
  /** For whom it is one. */
  readonly spNameQualifier?: string;
}

export interface LogoutRequest extends MessageHeader {
  /** After it the request says nothing any more, in milliseconds since the epoch. */
  readonly notOnOrAfter?: number;
  /** Absent: the name is encrypted, and is opened by `nameOf` after the signature has been verified. */
  readonly name?: NamedPerson;
  readonly encryptedName?: XmlElement;
  /** Empty: every session of this person (saml-core §3.7.1). */
  readonly sessionIndexes: readonly string[];
  /** True when the element carries a signature; never of what `verifyEnveloped` returns. */
  readonly hasSignature: boolean;
}

/** A browser has one session with a provider; a provider that keeps more ends them by name. */
const maxSessionIndexes = 32;

const { saml, samlp, ds } = samlNamespaces;

/** @throws ERR_SAML_MALFORMED, ERR_SAML_UNSUPPORTED (another version, BaseID) */
export function parseLogoutRequest(root: XmlElement): LogoutRequest {
  if (!isElement(root, samlp, 'LogoutRequest')) throw malformed('The message is not a LogoutRequest');
  const header = headerOf(root);
  const notOnOrAfter = optional(attribute(root, 'NotOnOrAfter'), parseInstant);
  if (child(root, saml, 'BaseID') !== undefined) {
    throw unsupported('The person is named by an extension of SAML');
  }
  const plain = single(root, saml, 'NameID');
  const encryptedName = single(root, saml, 'EncryptedID');
  if ((plain === undefined) === (encryptedName === undefined)) {
    throw malformed('A LogoutRequest names one person, in the clear or encrypted');
  }
  const sessionIndexes = children(root, samlp, 'SessionIndex').map((one) => textOf(one)?.trim() ?? '');
  if (sessionIndexes.length > maxSessionIndexes || sessionIndexes.some(isNoIndex)) {
    throw malformed('The session indexes are too many, too long or empty');
  }
  return {
    ...header,
    ...(notOnOrAfter === undefined ? {} : { notOnOrAfter }),
    ...(plain === undefined ? {} : { name: personOf(plain) }),
    ...(encryptedName === undefined ? {} : { encryptedName }),
    sessionIndexes,
    hasSignature: child(root, ds, 'Signature') !== undefined,
  };
}

/**
 * Who is to be logged out; an encrypted name is opened with our keys (saml-core §2.2.4). Ask after the signature has been verified:
 * what nobody vouches for costs no private key operation. @throws ERR_XML_ENCRYPTION, ERR_SAML_MALFORMED, ERR_XML_*
 */
export function nameOf(
  request: Pick<LogoutRequest, 'name' | 'encryptedName'>,
  decryption: DecryptionOptions,
): NamedPerson {
  if (request.name !== undefined) return request.name;
  if (request.encryptedName === undefined) throw malformed('A LogoutRequest names one person');
  const root = parseXml(decryptElement(request.encryptedName, decryption));
  if (!isElement(root, saml, 'NameID')) throw malformed('What is encrypted is not a NameID');
  return personOf(root);
}

function personOf(nameId: XmlElement): NamedPerson {
  const value = textOf(nameId);
  if (value === undefined || value === '' || value.length > maxNameLength) throw malformed('The name is not a name');
  const nameQualifier = qualifierOf(nameId, 'NameQualifier');
  const spNameQualifier = qualifierOf(nameId, 'SPNameQualifier');
  return {
    format: uriAttribute(nameId, 'Format') ?? nameIdFormats.unspecified,
    value,
    ...(nameQualifier === undefined ? {} : { nameQualifier }),
    ...(spNameQualifier === undefined ? {} : { spNameQualifier }),
  };
}

function qualifierOf(nameId: XmlElement, name: string): string | undefined {
  const qualifier = attribute(nameId, name);
  if (qualifier !== undefined && qualifier.length > maxNameLength)
    throw malformed('A qualifier of the name is too long');
  return qualifier;
}

function isNoIndex(index: string): boolean {
  return index === '' || index.length > maxNameLength;
}

export interface LogoutRequestInput {
  readonly id: string;
  readonly now: number;
  /** Our entityID. */
  readonly issuer: string;
  readonly destination: string;
  readonly notOnOrAfter: number;
  readonly name: NamedPerson;
  readonly sessionIndex?: string;
  /** Encrypts the NameID for the partner. Absent: it is sent as it is. */
  readonly encrypt?: (nameId: string) => CanonicalXml;
}

/** In canonical form without a signature, as the Redirect binding carries it. @throws ERR_XML_FORBIDDEN */
export function buildLogoutRequest(input: LogoutRequestInput): string {
  const { head, tail } = writeAroundSignature(requestOf(input), samlNamespaces);
  return head + tail;
}

/** With an enveloped signature, as POST and SOAP carry it. @throws ERR_XML_FORBIDDEN */
export function signLogoutRequest(input: LogoutRequestInput, signer: Signer): Promise<string> {
  return signEnveloped(writeAroundSignature(requestOf(input), samlNamespaces), input.id, signer);
}

function requestOf(input: LogoutRequestInput): OutElement {
  const { format, value, nameQualifier, spNameQualifier } = input.name;
  const nameId = element(
    'saml:NameID',
    [
      ['Format', format],
      ['NameQualifier', nameQualifier],
      ['SPNameQualifier', spNameQualifier],
    ],
    value,
  );
  const named =
    input.encrypt === undefined ? nameId : element('saml:EncryptedID', [], input.encrypt(canonical(nameId)));
  return element(
    'samlp:LogoutRequest',
    [
      ['Destination', input.destination],
      ['ID', input.id],
      ['IssueInstant', formatInstant(input.now)],
      ['NotOnOrAfter', formatInstant(input.notOnOrAfter)],
      ['Version', '2.0'],
    ],
    element('saml:Issuer', [['Format', entityNameIdFormat]], input.issuer),
    signatureSlot,
    named,
    ...(input.sessionIndex === undefined ? [] : [element('samlp:SessionIndex', [], input.sessionIndex)]),
  );
}

function canonical(node: OutElement): string {
  return writeAroundSignature(node, samlNamespaces).head;
}
