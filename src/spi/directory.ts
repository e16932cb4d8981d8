/** @module The contract of an LDAP directory as modules see it: search as the service, bind as the user (RFC 4511). */
import type { Secret } from './secret.ts';
import type { Watched } from './watched-file.ts';

export type SearchScope = 'base' | 'one' | 'sub';

/** Somebody to bind as (RFC 4513 §5.1.3). */
export interface DirectoryAccount {
  readonly dn: string;
  readonly credential: Secret<string>;
}

/** How a directory is reached. Modules translate their JNDI options into this. */
export interface DirectoryOptions {
  /** `ldap:` or `ldaps:` URLs, tried in order: the next one is asked when one cannot be. */
  readonly urls: readonly string[];
  readonly startTls: boolean;
  /** PEM of the authorities that the servers' certificates are checked against; absent: those that Node trusts. */
  readonly authorities?: Watched<string>;
  /** Who searches; absent: an anonymous search. */
  readonly service?: DirectoryAccount;
  readonly referrals: 'follow' | 'ignore' | 'throw';
  /**
   * `ldap:` or `ldaps:` URLs of other servers to which a referral may lead. The service's credential and users' passwords go nowhere else,
   * whatever a referral says.
   */
  readonly referralUrls?: readonly string[];
  readonly timeLimitMs: number;
  /** Connections that search, and as many that bind. */
  readonly poolSize?: number;
  /** For TCP, TLS and the service's bind together. */
  readonly connectTimeoutMs?: number;
  /** For one answer on an open connection. */
  readonly answerTimeoutMs?: number;
}

/** Attribute names are lower case; values are text, or bytes where they were asked for as bytes. */
export interface DirectoryEntry {
  readonly dn: string;
  /** The URL of the server that has the entry, where a referral led there: hand it to `bind`. */
  readonly home?: string;
  text(attribute: string): readonly string[];
  bytes(attribute: string): readonly Uint8Array[];
}

export interface DirectorySearch {
  readonly base: string;
  readonly scope: SearchScope;
  /** RFC 4515, with every value already escaped. */
  readonly filter: string;
  readonly attributes: readonly string[];
  /** Attributes whose values are wanted as bytes (objectSid …). */
  readonly binary?: readonly string[];
  /** No more entries than this are fetched. */
  readonly atMost?: number;
  /** Searches as this user and not as the service, on a connection of the kind that binds. */
  readonly as?: DirectoryAccount;
}

/** Why a directory did not let somebody in, as far as it said so (Active Directory's `data` sub-codes). */
export type BindOutcome = 'verified' | 'bad-credential' | 'account-disabled' | 'password-expired' | 'account-locked';

export interface Directory {
  /**
   * Every entry, over as many pages as it takes (RFC 2696). Empty where a `base` search names an entry that there is not.
   * @throws ERR_STORE_UNAVAILABLE, also where there is no such base to search below.
   */
  search(search: DirectorySearch, signal: AbortSignal): Promise<readonly DirectoryEntry[]>;
  /**
   * A simple bind (RFC 4513 §5.1.3) on a connection of its own kind, never on the one that searches. An empty DN or password is
   * `bad-credential` without asking: a directory would take it for an anonymous bind. `home`: as the entry says.
   * @throws ERR_STORE_UNAVAILABLE
   */
  bind(dn: string, password: Secret<string>, signal: AbortSignal, home?: string): Promise<BindOutcome>;
  close(): Promise<void>;
}
