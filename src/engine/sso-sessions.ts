/** @module SSO sessions: begun at a login, joined by applications, ended once, audited at both ends. */
import type { AuditEvent } from '../spi/audit.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type { FoundSession, Participant, ParticipantClaim, SsoEntry, SsoStore } from '../spi/sso-store.ts';
import type { AuditTrail } from './audit-trail.ts';
import { keyOf, newOpaqueId } from './opaque-id.ts';
import { type ProvedLogin, ssoEntryOf } from './sso-entry.ts';

export interface SsoSessionsOptions {
  readonly store: SsoStore;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly random: Random;
  readonly idleMs: number;
  readonly lifetimeMs: number;
}

export interface BeginSession extends ProvedLogin {
  readonly sourceAddress: string;
  /** The session id that the browser presented: ended first, so that no id survives a login (session fixation). */
  readonly replaces?: string;
  /** Who takes part from the beginning. */
  readonly participants?: readonly Participant[];
  /** The session ends here at the latest, however long sessions last. */
  readonly endsAt?: number;
}

export type EndReason = 'logout' | 'replaced' | 'partner-logout' | 'administrator' | 'idle' | 'expired';

export interface EndSession {
  readonly reason: EndReason;
  /** Absent where nobody asked for it just now. */
  readonly sourceAddress?: string;
}

/** Ids are what browsers hold. Text that cannot be an id is an unknown session, and no store is asked for it. */
export interface SsoSessions {
  /** What a session of this login would hold, without beginning one: for an answer to somebody who keeps none. */
  vouch(login: ProvedLogin): SsoEntry;
  /** @throws ERR_STORE_UNAVAILABLE, ERR_AUDIT_UNAVAILABLE; then no new session lives. */
  begin(session: BeginSession): Promise<{ readonly id: string; readonly entry: SsoEntry }>;
  /** The live session, its idle time begun anew. @throws ERR_STORE_UNAVAILABLE */
  find(id: string): Promise<SsoEntry | undefined>;
  /** @throws ERR_STORE_UNAVAILABLE */
  join(id: string, participant: Participant): Promise<SsoEntry | undefined>;
  /**
   * The entry, to the one caller that ended the session; `undefined` to all others.
   * @throws ERR_STORE_UNAVAILABLE; ERR_AUDIT_UNAVAILABLE when the session has ended and that could not be recorded
   */
  end(id: string, ending: EndSession): Promise<SsoEntry | undefined>;
  /** The same for who knows the session by its key in the store. */
  endKey(key: string, ending: EndSession): Promise<SsoEntry | undefined>;
  /** As `SsoStore.leave`. @throws ERR_STORE_UNAVAILABLE */
  leave(id: string, who: Pick<Participant, 'kind' | 'name'>): ReturnType<SsoStore['leave']>;
  /** As `SsoStore.findByParticipant`. @throws ERR_STORE_UNAVAILABLE */
  findByParticipant(claim: ParticipantClaim): Promise<readonly FoundSession[]>;
  /** As `SsoStore.takeExpired`; whoever takes one also records its end. @throws ERR_STORE_UNAVAILABLE */
  takeExpired(limit: number): Promise<readonly FoundSession[]>;
  /** @throws ERR_AUDIT_UNAVAILABLE */
  recordExpiry(entry: SsoEntry, reason: 'idle' | 'expired'): Promise<void>;
}

export function createSsoSessions(options: SsoSessionsOptions): SsoSessions {
  const { store, audit, clock, random, idleMs, lifetimeMs } = options;

  async function endKey(key: string, { reason, sourceAddress }: EndSession): Promise<SsoEntry | undefined> {
    const ended = await store.end(key);
    if (ended !== undefined) await audit.record({ ...eventOf('session-ended', ended, sourceAddress), reason });
    return ended;
  }

  async function end(id: string, ending: EndSession): Promise<SsoEntry | undefined> {
    const key = keyOf(id);
    return key === undefined ? undefined : await endKey(key, ending);
  }

  const vouch = (login: ProvedLogin) => ssoEntryOf(login, { idleMs, lifetimeMs }, clock.now());

  return {
    vouch,
    async begin({ sourceAddress, replaces, participants = [], endsAt = Number.POSITIVE_INFINITY, ...login }) {
      const before = replaces === undefined ? undefined : await end(replaces, { reason: 'replaced', sourceAddress });
      const { id, key } = newOpaqueId(random);
      const vouched = vouch(login);
      // The same person goes on: whoever took part before is told of the end of this session.
      const goesOn = before?.domain === vouched.domain && before.principal === vouched.principal;
      const joinsAnew = (one: Participant) =>
        participants.some(({ kind, name }) => kind === one.kind && name === one.name);
      const carried = goesOn ? before.participants.filter((one) => !joinsAnew(one)) : [];
      const all = [...carried, ...participants];
      const entry = { ...vouched, participants: all, expiresAt: Math.min(vouched.expiresAt, endsAt) };
      await store.begin(key, entry);
      let recorded = false;
      try {
        await audit.record(eventOf('session-begun', entry, sourceAddress));
        recorded = true;
      } finally {
        // Nobody has the id yet; it goes so that it does not fill the store.
        if (!recorded) await store.end(key);
      }
      return { id, entry };
    },
    async find(id) {
      const key = keyOf(id);
      return key === undefined ? undefined : await store.find(key);
    },
    async join(id, participant) {
      const key = keyOf(id);
      return key === undefined ? undefined : await store.join(key, participant);
    },
    end,
    endKey,
    async leave(id, who) {
      const key = keyOf(id);
      return key === undefined ? undefined : await store.leave(key, who);
    },
    findByParticipant: (claim) => store.findByParticipant(claim),
    takeExpired: (limit) => store.takeExpired(limit),
    async recordExpiry(entry, reason) {
      await audit.record({ ...eventOf('session-ended', entry, undefined), reason });
    },
  };
}

function eventOf(
  type: 'session-begun' | 'session-ended',
  entry: SsoEntry,
  sourceAddress: string | undefined,
): Omit<AuditEvent, 'id' | 'at' | 'node'> {
  const { domain, principal, decision } = entry;
  const from = sourceAddress === undefined ? {} : { sourceAddress };
  return { type, outcome: 'success', domain, principal, decision, ...from };
}
