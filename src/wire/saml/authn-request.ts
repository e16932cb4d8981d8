/** @module Reading an AuthnRequest (saml-core §3.4.1) into plain data. Nothing is decided here. */
import { attribute, child, isElement, type XmlElement } from '../xml/element.ts';
import {
  authnContextOf,
  conditionsOf,
  type NameIdPolicy,
  nameIdPolicyOf,
  providersOf,
  type RequestedAuthnContext,
  type SubjectName,
  subjectOf,
  type WantedConditions,
} from './authn-request-wishes.ts';
import { samlNamespaces } from './constants.ts';
import { idOf, issuerOf, malformed, optional, required, single, unsupported, uriAttribute } from './message-fields.ts';
import { parseBoolean, parseInstant, parseUnsignedShort } from './values.ts';

export type { AuthnContextComparison, NameIdPolicy, RequestedAuthnContext } from './authn-request-wishes.ts';

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
  readonly subjectNameId?: SubjectName;
  /** True where the subject is encrypted: `subjectNameId` is then absent, and must not count as not asked for. */
  readonly hasEncryptedSubject?: true;
  /** Which of the services in its metadata says what attributes are wanted (saml-metadata §2.4.4.2). */
  readonly attributeServiceIndex?: number;
  readonly conditions?: WantedConditions;
  /** Who may answer; absent when anybody may. */
  readonly providers?: readonly string[];
  /** True when the element carries a signature. Never true of what `verifyEnveloped` returns: there it has done its work. */
  readonly hasSignature: boolean;
}

const { saml, samlp, ds } = samlNamespaces;

/**
 * Extensions, consent and the name that the requester gives itself are passed over.
 * @throws ERR_SAML_MALFORMED, ERR_SAML_UNSUPPORTED (another version)
 */
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
  const subject = subjectOf(single(root, saml, 'Subject'));
  const destination = uriAttribute(root, 'Destination');
  const attributeServiceIndex = optional(attribute(root, 'AttributeConsumingServiceIndex'), parseUnsignedShort);
  const conditions = conditionsOf(single(root, saml, 'Conditions'));
  const providers = providersOf(single(root, samlp, 'Scoping'));
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
    ...(subject === undefined
      ? {}
      : subject === 'encrypted'
        ? { hasEncryptedSubject: true }
        : { subjectNameId: subject }),
    ...(attributeServiceIndex === undefined ? {} : { attributeServiceIndex }),
    ...(conditions === undefined ? {} : { conditions }),
    ...(providers === undefined ? {} : { providers }),
    hasSignature: child(root, ds, 'Signature') !== undefined,
  };
}
