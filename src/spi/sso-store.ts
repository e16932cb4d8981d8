/** @module The contract of the SSO session store. Each method is one atomic step; no caller ever reads, changes and writes back. */

import type { Factor } from './factors.ts';
import type { Principal } from './subject.ts';

/** An application or SAML partner that took part in a session: whom a logout has to reach. */
export interface Participant {
  /**
   * `saml` partners are named by entityID, `application` ones by their configured name. An `identity-provider`, by its entityID, is
   * where the person signed in for this session: name and index are those that it gave.
   */
  readonly kind: 'saml' | 'application' | 'identity-provider';
  readonly name: string;
  /** SAML SessionIndex given to the partner (saml-core §2.7.2). */
  readonly sessionIndex?: string;
  readonly nameId?: string;
  readonly nameIdFormat?: string;
  /** Of an `identity-provider`: how it qualified the name, and the application as which we are known to it. */
  readonly nameQualifier?: string;
  readonly spNameQualifier?: string;
  readonly application?: string;
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

/** What a partner names when it asks for a logout: what it was given at its sign-on. */
export interface ParticipantClaim {
  readonly kind: Participant['kind'];
  readonly name: string;
  readonly nameId: string;
  readonly nameIdFormat: string;
  /** Absent: every session in which the participant knows the person by this name. */
  readonly sessionIndex?: string;
}

export interface FoundSession {
  readonly key: string;
  readonly entry: SsoEntry;
}

/** `key` is the SHA-256 of a session id in base64url: a store never sees an id that a browser would be believed with. */
export interface SsoStore {
  /** @throws ERR_STORE_UNAVAILABLE; as do all. A key that is already taken is a bug of the caller. */
  begin(key: string, entry: SsoEntry): Promise<void>;
  /** The live entry, its idle time begun anew; `undefined` when there is none, it idled out or it expired. */
  find(key: string): Promise<SsoEntry | undefined>;
  /** Adds a participant (a later one of the same kind and name replaces the earlier) and begins the idle time anew, as `find` does; `undefined` when no session lives. */
  join(key: string, participant: Participant): Promise<SsoEntry | undefined>;
  /** Takes a participant out; the session lives on, and this is no use of it. The participant goes to exactly one caller. */
  leave(
    key: string,
    who: Pick<Participant, 'kind' | 'name'>,
  ): Promise<{ readonly entry: SsoEntry; readonly left: Participant } | undefined>;
  /** The live sessions in which just this was given to the participant. Looking is no use of them. */
  findByParticipant(claim: ParticipantClaim): Promise<readonly FoundSession[]>;
  /**
   * Sessions that idled out or reached their end and that nobody has ended: each to exactly one caller, once, so that what has to
   * follow from its end is done once. Oldest first, `limit` at most.
   */
  takeExpired(limit: number): Promise<readonly FoundSession[]>;
  /** Ends the session. The entry goes to exactly one caller, so that a logout is fanned out once. */
  end(key: string): Promise<SsoEntry | undefined>;
  close(): Promise<void>;
}
