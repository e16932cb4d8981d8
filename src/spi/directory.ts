/** @module The contract of an LDAP directory as modules see it: search as the service, bind as the user (RFC 4511). */
import type { Secret } from './secret.ts';

export type SearchScope = 'base' | 'one' | 'sub';

/** How a directory is reached. Modules translate their JNDI options into this. */
export interface DirectoryOptions {
  /** `ldap:` or `ldaps:` URLs, tried in order: the next one is asked when one cannot be. */
  readonly urls: readonly string[];
  readonly startTls: boolean;
  /** Who searches; absent: an anonymous search. */
  readonly service?: { readonly dn: string; readonly credential: Secret<string> };
  readonly referrals: 'follow' | 'ignore' | 'throw';
  readonly timeLimitMs: number;
}

/** Attribute names are lower case; values are text, or bytes where they were asked for as bytes. */
export interface DirectoryEntry {
  readonly dn: string;
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
}

/** Why a directory did not let somebody in, as far as it said so (Active Directory's `data` sub-codes). */
export type BindOutcome = 'verified' | 'bad-credential' | 'account-disabled' | 'password-expired' | 'account-locked';

export interface Directory {
  /** Every entry, over as many pages as it takes (RFC 2696). @throws ERR_STORE_UNAVAILABLE */
  search(search: DirectorySearch, signal: AbortSignal): Promise<readonly DirectoryEntry[]>;
  /**
   * A simple bind (RFC 4513 §5.1.3) on a connection of its own kind, never on the one that searches. An empty DN or password is
   * `bad-credential` without asking: a directory would take it for an anonymous bind.
   * @throws ERR_STORE_UNAVAILABLE
   */
  bind(dn: string, password: Secret<string>, signal: AbortSignal): Promise<BindOutcome>;
  close(): Promise<void>;
}
