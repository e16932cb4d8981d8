/** @module The contract of the SSO session store. Each method is one atomic step; no caller ever reads, changes and writes back. */

import type { Factor } from './factors.ts';
import type { Principal } from './subject.ts';

/** An application or SAML partner that took part in a session: whom a logout has to reach. */
export interface Participant {
  /** `saml` partners are named by entityID, `application` ones by their configured name. */
  readonly kind: 'saml' | 'application';
  readonly name: string;
  /** SAML SessionIndex given to the partner (saml-core §2.7.2). */
  readonly sessionIndex?: string;
  readonly nameId?: string;
  readonly nameIdFormat?: string;
  readonly joinedAt: number;
}

/** One person's session on all applications. Plain data: it is stored as JSON and read by other versions. */
export interface SsoEntry {
  readonly version: 1;
  readonly domain: string;
  readonly principal: string;
  /** `Subject.loginName`. */
  readonly loginName?: string;
  readonly roles: readonly string[];
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly mechanism: string;
  /** Everything that was proved when the session began; absent in the entries of older releases. */
  readonly factors?: readonly Factor[];
  /** Every identity of the Subject, with what each is a name in; absent in the entries of older releases. */
  readonly principals?: readonly Principal[];
  /** True when nobody between could read the evidence: it came over TLS, or from this very host. */
  readonly confidential: boolean;
  /** The decision that began the session. */
  readonly decision: string;
  readonly authenticatedAt: number;
  /** The session ends here, whatever happens. */
  readonly expiresAt: number;
  /** It ends earlier when it is not used for this long. */
  readonly idleMs: number;
  readonly participants: readonly Participant[];
}

/** `key` is the SHA-256 of a session id in base64url: a store never sees an id that a browser would be believed with. */
export interface SsoStore {
  /** @throws ERR_STORE_UNAVAILABLE; as do all. A key that is already taken is a bug of the caller. */
  begin(key: string, entry: SsoEntry): Promise<void>;
  /** The live entry, its idle time begun anew; `undefined` when there is none, it idled out or it expired. */
  find(key: string): Promise<SsoEntry | undefined>;
  /** Adds a participant (a later one of the same kind and name replaces the earlier) and begins the idle time anew, as `find` does; `undefined` when no session lives. */
  join(key: string, participant: Participant): Promise<SsoEntry | undefined>;
  /** Ends the session. The entry goes to exactly one caller, so that a logout is fanned out once. */
  end(key: string): Promise<SsoEntry | undefined>;
  close(): Promise<void>;
}
