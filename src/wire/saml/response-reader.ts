/** @module From a Response to the one assertion in it that a key of the identity provider vouches for. */
import type { KeyObject } from 'node:crypto';
import { GatehouseError } from '../../spi/errors.ts';
import { type DecryptionOptions, decryptElement } from '../xml/decrypt.ts';
import { attribute, child, isElement, type XmlElement } from '../xml/element.ts';
import { parseXml } from '../xml/parse.ts';
import { verifyEnveloped } from '../xml/verify.ts';
import type { Assertion } from './assertion.ts';
import { parseAssertion } from './assertion-reader.ts';
import { samlNamespaces } from './constants.ts';
import { idOf, issuerOf, malformed, optional, required, single, unsupported, uriAttribute } from './message-fields.ts';
import { type ReadStatus, statusOf } from './status-reader.ts';
import { parseInstant } from './values.ts';

/** The message around the assertion. Only a signature of the Response covers it. */
export interface ResponseEnvelope {
  readonly id: string;
  readonly issueInstant: number;
  readonly issuer?: string;
  readonly destination?: string;
  readonly inResponseTo?: string;
  readonly status: ReadStatus;
}

export interface ReadResponse {
  readonly envelope: ResponseEnvelope;
  /** Who claims to have sent it, and whose keys were asked. */
  readonly claimedIssuer: string;
  readonly signedResponse: boolean;
  readonly signedAssertion: boolean;
  /** Absent when the Response has none. What is here is covered by one signature at least. */
  readonly assertion?: Assertion;
  readonly encrypted: boolean;
  /** The texts that were decrypted: documents of their own, for the schema to judge. */
  readonly decrypted: readonly string[];
}

/** What is known about an identity provider when its message arrives. */
export interface ResponseTrust {
  readonly keys: readonly KeyObject[];
  readonly decryption: DecryptionOptions;
}

const { saml, samlp, ds } = samlNamespaces;

/** Each costs a private key operation for each of our keys: assertion, name and a few attributes. */
const maxEncryptedParts = 16;

/**
 * The Response, and its one assertion. Every signature that is there has to be good, and one of them has to cover the assertion.
 * @param root the whole document; nothing outside it counts.
 * @param trustIn asked for the keys of the issuer that the message claims; refuses one that it does not know.
 * @throws ERR_XML_*, ERR_SAML_MALFORMED, ERR_SAML_UNSUPPORTED, ERR_SAML_AMBIGUOUS, ERR_SAML_SIGNATURE_REQUIRED
 */
export function readResponse(root: XmlElement, trustIn: (issuer: string) => ResponseTrust): ReadResponse {
  const holder = holderIn(root);
  const claimedIssuer = claimedIssuerOf(root, holder);
  const { keys, decryption } = trustIn(claimedIssuer);
  const signedResponse = isSigned(root);
  const covered = signedResponse ? verifyEnveloped(root, root, keys) : root;

  const decrypted: string[] = [];
  const open = (container: XmlElement): XmlElement => {
    if (decrypted.length >= maxEncryptedParts) throw malformed('Too many parts are encrypted');
    const text = decryptElement(container, decryption);
    decrypted.push(text);
    return parseXml(text);
  };
  const read = { envelope: envelopeOf(covered), claimedIssuer, signedResponse };
  if (holder === undefined) return { ...read, signedAssertion: false, encrypted: false, decrypted };

  const encrypted = isElement(holder, saml, 'EncryptedAssertion');
  const inside = encrypted ? open(holder) : holder;
  if (encrypted && onlyAssertion(inside) !== inside) throw ambiguous('What was encrypted is not one assertion');
  const signedAssertion = isSigned(inside);
  if (!signedAssertion && !signedResponse) {
    throw new GatehouseError('ERR_SAML_SIGNATURE_REQUIRED', 'Neither the response nor its assertion is signed', {
      facts: { issuer: claimedIssuer },
    });
  }
  const assertion = signedAssertion ? verifyEnveloped(encrypted ? inside : root, inside, keys) : inside;
  return { ...read, signedAssertion, encrypted, assertion: parseAssertion(assertion, open), decrypted };
}

/** What a Response claims before anything of it is verified: good for finding what it has to be judged by, and for nothing else. */
export interface ResponseClaim {
  readonly issuer: string;
  readonly inResponseTo?: string;
}

/** @throws as `readResponse` for what is no Response or holds more than one assertion */
export function claimOf(root: XmlElement): ResponseClaim {
  const issuer = claimedIssuerOf(root, holderIn(root));
  const inResponseTo = attribute(root, 'InResponseTo');
  return inResponseTo === undefined ? { issuer } : { issuer, inResponseTo };
}

function holderIn(root: XmlElement): XmlElement | undefined {
  if (!isElement(root, samlp, 'Response')) throw malformed('The message is not a Response');
  if (attribute(root, 'Version') !== '2.0') throw unsupported('The message is not one of SAML 2.0');
  return onlyAssertion(root);
}

/**
 * The one assertion of the document, clear or encrypted, which stands directly in the Response. A second one anywhere, or a second
 * Response, is what signature wrapping is made of; no identity provider of browser sign-on sends one.
 * @throws ERR_SAML_AMBIGUOUS
 */
function onlyAssertion(root: XmlElement): XmlElement | undefined {
  const found = assertionsIn(root, []);
  const [first, second] = found;
  if (second !== undefined) throw ambiguous('The message holds more than one assertion, or another Response');
  if (first === undefined || first === root || root.content.includes(first)) return first;
  throw ambiguous('The assertion does not stand where assertions stand');
}

function assertionsIn(element: XmlElement, found: XmlElement[]): readonly XmlElement[] {
  if (isElement(element, saml, 'Assertion') || isElement(element, saml, 'EncryptedAssertion')) found.push(element);
  for (const node of element.content) {
    if (typeof node === 'string') continue;
    if (isElement(node, samlp, 'Response'))
      throw ambiguous('The message holds more than one assertion, or another Response');
    assertionsIn(node, found);
  }
  return found;
}

/** saml-profiles §4.1.4.2: the Response may leave its issuer out when a clear assertion has one. */
function claimedIssuerOf(root: XmlElement, holder: XmlElement | undefined): string {
  const issuer = single(root, saml, 'Issuer') ?? (holder && single(holder, saml, 'Issuer'));
  return issuerOf(issuer);
}

function isSigned(element: XmlElement): boolean {
  return child(element, ds, 'Signature') !== undefined;
}

function envelopeOf(root: XmlElement): ResponseEnvelope {
  const issuer = single(root, saml, 'Issuer');
  const destination = uriAttribute(root, 'Destination');
  const inResponseTo = attribute(root, 'InResponseTo');
  return {
    id: idOf(root),
    issueInstant: required(optional(attribute(root, 'IssueInstant'), parseInstant), 'IssueInstant'),
    ...(issuer === undefined ? {} : { issuer: issuerOf(issuer) }),
    ...(destination === undefined ? {} : { destination }),
    ...(inResponseTo === undefined ? {} : { inResponseTo }),
    status: statusOf(required(single(root, samlp, 'Status'), 'Status')),
  };
}

function ambiguous(message: string): GatehouseError {
  return new GatehouseError('ERR_SAML_AMBIGUOUS', message);
}
