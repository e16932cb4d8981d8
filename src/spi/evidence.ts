/** @module What a client shows to prove who it is. (What a store keeps to check it is a credential.) */
import type { Secret } from './secret.ts';

/** Nobody showed anything: JBoss's null name and null credential, the case of `unauthenticatedIdentity`. */
export interface AnonymousEvidence {
  readonly kind: 'anonymous';
}

export interface PasswordEvidence {
  readonly kind: 'password';
  readonly username: string;
  readonly password: Secret<string>;
  /** What an authenticator shows, or a recovery code: typed after a challenge `one-time-code`. */
  readonly oneTimeCode?: Secret<string>;
}

/** An HTTP digest response (RFC 7616 §3.4): everything that HA1 is not. The nonce has been checked by the mechanism. */
export interface DigestEvidence {
  readonly kind: 'digest';
  readonly username: string;
  readonly realm: string;
  readonly algorithm: 'MD5' | 'SHA-256' | 'SHA-512-256';
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  /** Absent in an RFC 2069 response; `nonceCount` and `clientNonce` are then absent too. */
  readonly qop?: 'auth';
  readonly nonceCount?: string;
  readonly clientNonce?: string;
  readonly response: Secret<string>;
}

/** A client certificate whose private key the peer has proved to hold. */
export interface CertificateEvidence {
  readonly kind: 'certificate';
  /** DER, leaf first, each issued by the next. */
  readonly chain: readonly Uint8Array[];
}

/** One leg of a GSS-API exchange (RFC 4178, RFC 4559). */
export interface NegotiateEvidence {
  readonly kind: 'negotiate';
  readonly token: Secret<Uint8Array>;
  /** What all legs of one login have in common, unguessable. Absent: there can be one leg only. */
  readonly exchange?: string;
  /** `tls-server-end-point:` and the hash of our certificate (RFC 5929 §4), where TLS ends here. */
  readonly channelBinding?: Uint8Array;
}

/** A SAML assertion shown as a credential (WS-Trust, SAML2STSLoginModule), as received. */
export interface AssertionEvidence {
  readonly kind: 'assertion';
  readonly xml: Secret<Uint8Array>;
}

/** A user whom a security realm has authenticated on the connection itself: what JBoss's Remoting module looks for. */
export interface ConnectionEvidence {
  readonly kind: 'connection';
  readonly username: string;
  readonly realm: string;
}

export type Evidence =
  | AnonymousEvidence
  | PasswordEvidence
  | DigestEvidence
  | CertificateEvidence
  | NegotiateEvidence
  | AssertionEvidence
  | ConnectionEvidence;

/** The name of the subject of an assertion (saml-core §2.2.2). */
export interface SubjectNameId {
  readonly value: string;
  readonly format?: string;
  readonly nameQualifier?: string;
  readonly spNameQualifier?: string;
}

/**
 * What a SAML identity provider says of a person, in a Response that has passed every check and was used for the first time. Not
 * part of `Evidence`: no mechanism can read it out of a request, so that nothing that a form or a header holds ever becomes it
 * (in JBoss the constant password of SAML2LoginModule could be typed, jboss-facts §2.7). Only the endpoint that verifies makes it.
 */
export interface VerifiedResponseEvidence {
  readonly kind: 'verified-response';
  /** entityID. */
  readonly identityProvider: string;
  /** Absent where the assertion names nobody. */
  readonly nameId?: SubjectNameId;
  /** In document order; a name may come several times. */
  readonly attributes: readonly { readonly name: string; readonly values: readonly string[] }[];
  /** When the person signed in there. */
  readonly authnInstant: number;
  /** How, as a class of authentication context. */
  readonly authnContext?: string;
  /** False when it came without being asked for. */
  readonly solicited: boolean;
  /** What carried a signature. */
  readonly signed: 'assertion' | 'response' | 'both';
  readonly encrypted: boolean;
}

/** What a security domain decides about: what clients show, and what our own endpoints have verified. */
export type LoginEvidence = Evidence | VerifiedResponseEvidence;

/**
 * A name taken as proved, of which no client has shown anything: what a rehearsal (`gatehouse test-login
 * --assume-password`) puts in place of a password that nobody knows. Not part of `Evidence`, so that nothing that reads
 * requests can make it; a login that is no rehearsal refuses it as a bug.
 */
export interface AssumedEvidence {
  readonly kind: 'assumed';
  readonly username: string;
}

/** What a login module may meet. A module that does not know `assumed` fails it like any other kind that it cannot check. */
export type ModuleEvidence = LoginEvidence | AssumedEvidence;

export type EvidenceKind = ModuleEvidence['kind'];

/** The name that the evidence claims, unproved: for audit records and lock-out counters. `undefined` where the kind names nobody. */
export function claimedName(evidence: ModuleEvidence): string | undefined {
  switch (evidence.kind) {
    case 'password':
    case 'digest':
    case 'connection':
    case 'assumed':
      return evidence.username;
    case 'anonymous':
    case 'certificate':
    case 'negotiate':
    case 'assertion':
    case 'verified-response':
      return undefined;
    default:
      return evidence satisfies never;
  }
}
