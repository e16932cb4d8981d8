/** @module The contract of a Kerberos acceptor: one GSS-API token in, one typed verdict out (RFC 4120, RFC 4121, RFC 4178). */
import type { Secret } from './secret.ts';

/**
 * Why a token was not accepted. A closed list: pages, traces and the doctor have a text for each.
 * `EMPTY`: no bytes. `MALFORMED`: neither SPNEGO nor Kerberos nor NTLM, or broken inside. `NTLM`: an NTLM token, raw or in
 * SPNEGO. `NO_KERBEROS`: SPNEGO that offers no Kerberos. `NOT_FOR_US`: a ticket for a service that this acceptor is not.
 * `NO_KEY`: for us, and no keytab has a key of that name. `KVNO`: a key of that name, of another version. `ENCTYPE`: encrypted
 * with what is refused as weak, or not known. `INTEGRITY`: our key, and it does not decrypt, or authenticator and ticket
 * disagree. `SKEW`: the clocks differ too much. `EXPIRED`, `NOT_YET_VALID`: of the ticket. `WRONG_REALM`: the client's realm, or
 * one on its way, is not accepted. `REPLAY`: this authenticator was seen before. `BINDINGS`: made for another TLS channel.
 * `LOST`: a leg that continues nothing. `UNSUPPORTED`: an option that is not offered, such as user-to-user.
 */
export const kerberosFailures = [
  'EMPTY',
  'MALFORMED',
  'NTLM',
  'NO_KERBEROS',
  'NOT_FOR_US',
  'NO_KEY',
  'KVNO',
  'ENCTYPE',
  'INTEGRITY',
  'SKEW',
  'EXPIRED',
  'NOT_YET_VALID',
  'WRONG_REALM',
  'REPLAY',
  'BINDINGS',
  'LOST',
  'UNSUPPORTED',
] as const;
export type KerberosFailure = (typeof kerberosFailures)[number];

/** `HTTP/localhost` and `EXAMPLE.COM`: the components joined by `/`, without a realm; what is special in one is escaped by `\`. */
export interface KerberosPrincipal {
  readonly name: string;
  readonly realm: string;
}

/** `own`: written here. `native`: the GSS-API library of the system, by the package `kerberos`. */
export const kerberosImplementations = ['own', 'native'] as const;
export type KerberosImplementation = (typeof kerberosImplementations)[number];

/** What an acceptor knows and trusts. Built once; keytabs are read again when their files change. */
export interface KerberosAcceptorOptions {
  readonly implementation: KerberosImplementation;
  /** Files, relative to the configuration folder. At least one. */
  readonly keytabs: readonly string[];
  /** `HTTP/host@REALM`, without a realm too: tickets for this service only. Absent: any key of the keytabs. */
  readonly principal?: string;
  /** Realms, beside those of the keys, whose people are accepted. Upper case as written: realms are case-sensitive. */
  readonly trustedRealms: readonly string[];
  /** RFC 4120 §1.3, five minutes by custom. */
  readonly clockSkewMs: number;
}

/** One leg of an exchange. */
export interface KerberosLeg {
  /** GSS-API, SPNEGO or whatever a client sent in its place. At most `maxNegotiateTokenBytes`. */
  readonly token: Uint8Array;
  /** What the leg before this one gave to keep; absent on the first. */
  readonly state?: Secret<Uint8Array>;
  /** `tls-server-end-point:` and the hash of our certificate (RFC 5929 §4); absent without TLS of our own. */
  readonly channelBinding?: Uint8Array;
  /** Decide and explain, but claim nothing. */
  readonly dryRun?: boolean;
}

export interface KerberosAccepted {
  readonly status: 'accepted';
  readonly client: KerberosPrincipal;
  /** Whose key decrypted the ticket. The name in the ticket is not protected: anybody could write another. */
  readonly service: KerberosPrincipal;
  /** For the client: NegTokenResp with or without the token of mutual authentication (RFC 4178 §4.2.2), or a bare AP-REP. */
  readonly reply?: Uint8Array;
  /** The client asked for, and `reply` holds, a proof of our own identity. */
  readonly mutual: boolean;
  /**
   * SHA-256 of the authenticator's ciphertext, base64url: what is claimed once in the whole cluster. The wrapping around it can
   * be changed by anybody, it cannot (RFC 4120 §3.2.3).
   */
  readonly authenticator: string;
  /** By the client's clock less ours. Absent where the implementation does not tell. */
  readonly clockDifferenceMs?: number;
  /** Until when the ticket is good, in milliseconds since the epoch. Absent where the implementation does not tell. */
  readonly endsAt?: number;
  /** RFC 3961 number of the ticket's encryption. Absent where the implementation does not tell. */
  readonly enctype?: number;
  /**
   * SIDs of the person's groups out of a PAC whose server signature was verified (MS-PAC §2.8): `S-1-5-21-…-513`. Absent: no PAC,
   * or an implementation that reads none.
   */
  readonly groupSids?: readonly string[];
  /**
   * There is a PAC, and it is not believed. `signature`: not signed under our key. `signature-type`: signed in a way that we refuse.
   * `other-client`: about somebody else, or of another login. `malformed`: it cannot be read.
   */
  readonly pacProblem?: 'signature' | 'signature-type' | 'other-client' | 'malformed';
}

export type KerberosVerdict =
  | KerberosAccepted
  /** One more leg is needed. `state`: for the next leg, on whichever node; at most `maxExchangeStateBytes`, and it may hold keys. */
  | { readonly status: 'continue'; readonly reply: Uint8Array; readonly state: Secret<Uint8Array> }
  | {
      readonly status: 'refused';
      readonly failure: KerberosFailure;
      /** For support and the doctor: names, key versions, numbers, seconds. Never a secret, and what a client wrote is `printable`. */
      readonly facts: Readonly<Record<string, string | number>>;
      /** A NegTokenResp or KRB-ERROR for the client, where there is one to send. */
      readonly reply?: Uint8Array;
    };

/** A Windows ticket with the largest PAC has 48 KiB; with the wrapping that is less than this. */
export const maxNegotiateTokenBytes = 64 * 1024;

/** The list of mechanisms of the first leg, or a session key and sequence numbers. */
export const maxExchangeStateBytes = 4 * 1024;

/** Three is what RFC 4178 §5 can come to; one more for a client of another mind. */
export const maxNegotiateLegs = 4;

export interface KerberosAcceptor {
  /**
   * "No" is a value, whatever bytes a client sends. An authenticator is accepted once on all nodes that share a store.
   * @throws ERR_STORE_UNAVAILABLE when the claim against replays cannot be made (then nobody is accepted), ERR_DEADLINE_EXCEEDED
   */
  accept(leg: KerberosLeg, signal: AbortSignal): Promise<KerberosVerdict>;
  /** Frees files and watchers. Called once. */
  close?(): Promise<void>;
}
