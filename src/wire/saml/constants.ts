/** @module The URIs of SAML 2.0 that Gatehouse uses (saml-core §8, saml-bindings §3, saml-authn-context §3.4). */
import { dsigNamespace } from '../xml/algorithms.ts';

export { nameIdFormats } from '../../spi/name-id-formats.ts';

export const samlNamespaces = {
  alg: 'urn:oasis:names:tc:SAML:metadata:algsupport',
  ds: dsigNamespace,
  md: 'urn:oasis:names:tc:SAML:2.0:metadata',
  mdrpi: 'urn:oasis:names:tc:SAML:metadata:rpi',
  mdui: 'urn:oasis:names:tc:SAML:metadata:ui',
  saml: 'urn:oasis:names:tc:SAML:2.0:assertion',
  samlp: 'urn:oasis:names:tc:SAML:2.0:protocol',
  shibmd: 'urn:mace:shibboleth:metadata:1.0',
} as const;

/** What `protocolSupportEnumeration` of a SAML 2.0 role holds (saml-metadata §2.4.1). */
export const saml2Protocol = samlNamespaces.samlp;

export const bindings = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
  soap: 'urn:oasis:names:tc:SAML:2.0:bindings:SOAP',
} as const;

/** Bindings by the name that people use. */
export const bindingNames = ['HTTP-Redirect', 'HTTP-POST', 'HTTP-Artifact', 'SOAP', 'PAOS'] as const;
export type BindingName = (typeof bindingNames)[number];

export function bindingUri(name: BindingName): string {
  return `urn:oasis:names:tc:SAML:2.0:bindings:${name}`;
}

/** `undefined` for a binding of another version or vendor. */
export function bindingNameOf(uri: string): BindingName | undefined {
  return bindingNames.find((name) => uri === bindingUri(name));
}

/** The encoding of the Redirect binding, which is also the default (saml-bindings §3.4.4.1). */
export const deflateEncoding = 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE';

/** The only format that an issuer's name may have (saml-profiles §4.1.4.1). */
export const entityNameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity';

export const attributeNameFormats = {
  unspecified: 'urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified',
  uri: 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
  basic: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
} as const;

/** SAML V2.0 Subject Identifier Attributes Profile §3. */
export const subjectIdAttributes = {
  'subject-id': 'urn:oasis:names:tc:SAML:attribute:subject-id',
  'pairwise-id': 'urn:oasis:names:tc:SAML:attribute:pairwise-id',
} as const;

export const authnContextClasses = {
  unspecified: 'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified',
  password: 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password',
  passwordProtectedTransport: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  kerberos: 'urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos',
  tlsClient: 'urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient',
  timeSyncToken: 'urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken',
  /** REFEDS MFA profile 1.0: what federations ask for when they want a second factor. */
  refedsMfa: 'https://refeds.org/profile/mfa',
} as const;

/** saml-core §3.2.2.2. */
export const statusCodes = {
  Success: 'urn:oasis:names:tc:SAML:2.0:status:Success',
  Requester: 'urn:oasis:names:tc:SAML:2.0:status:Requester',
  Responder: 'urn:oasis:names:tc:SAML:2.0:status:Responder',
  AuthnFailed: 'urn:oasis:names:tc:SAML:2.0:status:AuthnFailed',
  InvalidNameIDPolicy: 'urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy',
  NoAuthnContext: 'urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext',
  NoPassive: 'urn:oasis:names:tc:SAML:2.0:status:NoPassive',
  NoSupportedIDP: 'urn:oasis:names:tc:SAML:2.0:status:NoSupportedIDP',
  RequestDenied: 'urn:oasis:names:tc:SAML:2.0:status:RequestDenied',
  RequestUnsupported: 'urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported',
  PartialLogout: 'urn:oasis:names:tc:SAML:2.0:status:PartialLogout',
  UnknownPrincipal: 'urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal',
} as const;

export const bearerConfirmation = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
