/** @module Reading an AuthnRequest (saml-core §3.4.1) into plain data. Nothing is decided here. */
import { attribute, child, children, isElement, textOf, type XmlElement } from '../xml/element.ts';
import { samlNamespaces } from './constants.ts';
import {
  idOf,
  issuerOf,
  malformed,
  maxNameLength,
  optional,
  required,
  single,
  unsupported,
  uriAttribute,
} from './message-fields.ts';
import { parseBoolean, parseInstant, parseUnsignedShort } from './values.ts';

export interface NameIdPolicy {
  readonly format?: string;
}

export type AuthnContextComparison = 'exact' | 'minimum' | 'maximum' | 'better';

export interface RequestedAuthnContext {
  readonly comparison: AuthnContextComparison;
  /** Never empty; declarations by reference are not offered. */
  readonly classRefs: readonly string[];
}

export interface AuthnRequest {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly issueInstant: number;
  readonly issuer: string;
  readonly destination?: string;
  readonly acsUrl?: string;
  readonly acsIndex?: number;
  readonly protocolBinding?: string;
  readonly forceAuthn: boolean;
  readonly isPassive: boolean;
  readonly nameIdPolicy?: NameIdPolicy;
  readonly requestedAuthnContext?: RequestedAuthnContext;
  /** The person whom the partner asks about: an answer about anybody else is wrong (saml-core §3.4.1). */
  readonly subjectNameId?: { readonly format?: string; readonly value: string };
  /** True when the element carries a signature. Never true of what `verifyEnveloped` returns: there it has done its work. */
  readonly hasSignature: boolean;
}

/** Twice what SAML defines for passwords, certificates and tickets. */
const maxClassRefs = 16;

const { saml, samlp, ds } = samlNamespaces;

/** @throws ERR_SAML_MALFORMED, ERR_SAML_UNSUPPORTED (another version, encrypted subject, context by declaration) */
export function parseAuthnRequest(root: XmlElement): AuthnRequest {
  if (!isElement(root, samlp, 'AuthnRequest')) throw malformed('The message is not an AuthnRequest');
  if (attribute(root, 'Version') !== '2.0') throw unsupported('The message is not one of SAML 2.0');
  const acsUrl = uriAttribute(root, 'AssertionConsumerServiceURL');
  const acsIndex = optional(attribute(root, 'AssertionConsumerServiceIndex'), parseUnsignedShort);
  const protocolBinding = uriAttribute(root, 'ProtocolBinding');
  if (acsIndex !== undefined && (acsUrl !== undefined || protocolBinding !== undefined)) {
    throw malformed('AssertionConsumerServiceIndex excludes a URL and a binding');
  }
  const nameIdPolicy = nameIdPolicyOf(single(root, samlp, 'NameIDPolicy'));
  const requestedAuthnContext = authnContextOf(single(root, samlp, 'RequestedAuthnContext'));
  const subjectNameId = subjectOf(single(root, saml, 'Subject'));
  const destination = uriAttribute(root, 'Destination');
  return {
    id: idOf(root),
    issueInstant: required(optional(attribute(root, 'IssueInstant'), parseInstant), 'IssueInstant'),
    issuer: issuerOf(single(root, saml, 'Issuer')),
    ...(destination === undefined ? {} : { destination }),
    ...(acsUrl === undefined ? {} : { acsUrl }),
    ...(acsIndex === undefined ? {} : { acsIndex }),
    ...(protocolBinding === undefined ? {} : { protocolBinding }),
    forceAuthn: optional(attribute(root, 'ForceAuthn'), parseBoolean) ?? false,
    isPassive: optional(attribute(root, 'IsPassive'), parseBoolean) ?? false,
    ...(nameIdPolicy === undefined ? {} : { nameIdPolicy }),
    ...(requestedAuthnContext === undefined ? {} : { requestedAuthnContext }),
    ...(subjectNameId === undefined ? {} : { subjectNameId }),
    hasSignature: child(root, ds, 'Signature') !== undefined,
  };
}

function nameIdPolicyOf(element: XmlElement | undefined): NameIdPolicy | undefined {
  if (element === undefined) return undefined;
  const format = uriAttribute(element, 'Format');
  return format === undefined ? {} : { format };
}

function authnContextOf(element: XmlElement | undefined): RequestedAuthnContext | undefined {
  if (element === undefined) return undefined;
  const classRefs = children(element, saml, 'AuthnContextClassRef').map((one) => textOf(one)?.trim() ?? '');
  if (classRefs.length > maxClassRefs || classRefs.some((one) => one.length > maxNameLength)) {
    throw malformed('The authentication context asks for too much');
  }
  if (classRefs.length === 0) throw unsupported('The authentication context is asked for by declaration');
  return { comparison: comparisonOf(attribute(element, 'Comparison') ?? 'exact'), classRefs };
}

function comparisonOf(word: string): AuthnContextComparison {
  switch (word) {
    case 'exact':
    case 'minimum':
    case 'maximum':
    case 'better':
      return word;
    default:
      throw malformed('The comparison of the authentication context is unknown');
  }
}

function subjectOf(element: XmlElement | undefined): AuthnRequest['subjectNameId'] {
  if (element === undefined) return undefined;
  if (child(element, saml, 'EncryptedID') !== undefined) throw unsupported('The subject is encrypted');
  const nameId = single(element, saml, 'NameID');
  if (nameId === undefined) return undefined;
  const value = textOf(nameId);
  if (value === undefined || value === '' || value.length > maxNameLength) throw malformed('The subject is not a name');
  const format = uriAttribute(nameId, 'Format');
  return format === undefined ? { value } : { format, value };
}
