/** @module What an AuthnRequest asks about the answer: name, authentication context, conditions, scope (saml-core §3.4.1). */
import { attribute, child, children, textOf, type XmlElement } from '../xml/element.ts';
import { samlNamespaces } from './constants.ts';
import { malformed, maxNameLength, optional, single, uriAttribute } from './message-fields.ts';
import { parseBoolean, parseInstant } from './values.ts';

const { saml, samlp } = samlNamespaces;

export interface NameIdPolicy {
  readonly format?: string;
  /** Of whom the name has to be one: the requester itself, or an affiliation of several (saml-core §3.4.1.1). */
  readonly spNameQualifier?: string;
  /** Absent means false. */
  readonly allowCreate: boolean;
}

export type AuthnContextComparison = 'exact' | 'minimum' | 'maximum' | 'better';

export interface RequestedAuthnContext {
  readonly comparison: AuthnContextComparison;
  /** In the order in which they are preferred. Empty where declarations are asked for: nobody here has one. */
  readonly classRefs: readonly string[];
}

export interface SubjectName {
  readonly format?: string;
  readonly value: string;
}

/** What the requester wants the assertion to be limited by (saml-core §3.4.1); kinds that are not here are passed over. */
export interface WantedConditions {
  /** Milliseconds since the epoch. */
  readonly notOnOrAfter?: number;
  readonly oneTimeUse: boolean;
}

/** Twice what SAML defines for passwords, certificates and tickets. */
const maxClassRefs = 16;

/** A list of providers is for proxies; ours is one name in it. */
const maxProviders = 64;

export function nameIdPolicyOf(element: XmlElement | undefined): NameIdPolicy | undefined {
  if (element === undefined) return undefined;
  const format = uriAttribute(element, 'Format');
  const spNameQualifier = attribute(element, 'SPNameQualifier')?.trim();
  if (spNameQualifier !== undefined && spNameQualifier.length > maxNameLength) throw malformed('A name is too long');
  return {
    ...(format === undefined ? {} : { format }),
    ...(spNameQualifier === undefined ? {} : { spNameQualifier }),
    allowCreate: optional(attribute(element, 'AllowCreate'), parseBoolean) ?? false,
  };
}

/** saml-core §3.3.2.2.1. */
export function authnContextOf(element: XmlElement | undefined): RequestedAuthnContext | undefined {
  if (element === undefined) return undefined;
  const classRefs = children(element, saml, 'AuthnContextClassRef').map((one) => textOf(one)?.trim() ?? '');
  if (classRefs.length > maxClassRefs || classRefs.some((one) => one.length > maxNameLength)) {
    throw malformed('The authentication context asks for too much');
  }
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

/** `encrypted`: nobody but the person's own provider could read it, and here nobody can (saml-core §2.2.4). */
export function subjectOf(element: XmlElement | undefined): SubjectName | 'encrypted' | undefined {
  if (element === undefined) return undefined;
  if (child(element, saml, 'EncryptedID') !== undefined) return 'encrypted';
  const nameId = single(element, saml, 'NameID');
  if (nameId === undefined) return undefined;
  const value = textOf(nameId);
  if (value === undefined || value === '' || value.length > maxNameLength) throw malformed('The subject is not a name');
  const format = uriAttribute(nameId, 'Format');
  return format === undefined ? { value } : { format, value };
}

export function conditionsOf(element: XmlElement | undefined): WantedConditions | undefined {
  if (element === undefined) return undefined;
  const notOnOrAfter = optional(attribute(element, 'NotOnOrAfter'), parseInstant);
  return {
    ...(notOnOrAfter === undefined ? {} : { notOnOrAfter }),
    oneTimeUse: child(element, saml, 'OneTimeUse') !== undefined,
  };
}

/** The providers that may answer (saml-core §3.4.1.3); `undefined` when any may. A proxy count says nothing to whoever answers himself. */
export function providersOf(scoping: XmlElement | undefined): readonly string[] | undefined {
  const list = scoping && single(scoping, samlp, 'IDPList');
  if (list === undefined) return undefined;
  const entries = children(list, samlp, 'IDPEntry').map((entry) => attribute(entry, 'ProviderID')?.trim() ?? '');
  if (entries.length > maxProviders) throw malformed('The list of providers is too long');
  // GetComplete points to the rest of a list (saml-core §3.4.1.3.1): what cannot be seen must not count as not there.
  return child(list, samlp, 'GetComplete') === undefined ? entries : undefined;
}
