/** @module Logout: the session is ended first, to exactly one caller; then every participant is told, and the ledger says what became of it. */
import type { AuditEvent } from '../spi/audit.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type {
  LogoutAnswerTo,
  LogoutCause,
  LogoutLease,
  LogoutLedger,
  LogoutParticipant,
  LogoutRecord,
  SettledOutcome,
} from '../spi/logout-ledger.ts';
import { isConfirmed, isFinished } from '../spi/logout-ledger.ts';
import type { Participant, SsoEntry } from '../spi/sso-store.ts';
import type { AuditTrail } from './audit-trail.ts';
import { newId } from './decision-id.ts';
import type { LogoutMessenger } from './logout-messenger.ts';
import { keyOf } from './opaque-id.ts';
import type { EndReason, EndSession, SsoSessions } from './sso-sessions.ts';

export interface LogoutsOptions {
  readonly ledger: LogoutLedger;
  readonly sessions: SsoSessions;
  readonly messenger: LogoutMessenger;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly random: Random;
  /** Who writes holds a new logout for so long. */
  readonly lease: LogoutLease;
  /** How long participants are tried. */
  readonly giveUpMs: number;
  /** Told of every logout that has participants to tell. */
  readonly drive: (record: LogoutRecord) => void;
}

export interface WantedLogout {
  /** Key of the session in its store. */
  readonly key: string;
  /** As it was found; whoever joins until the end is told as well. */
  readonly entry: SsoEntry;
  readonly cause: LogoutCause;
  readonly sourceAddress: string;
  /** True when a browser is there that can be sent to participants. */
  readonly browser: boolean;
  /** The participant that asked for it: it is not told. */
  readonly askedBy?: Pick<Participant, 'kind' | 'name'>;
  readonly answerTo?: LogoutAnswerTo;
}

export interface LeaveSession {
  readonly id: string;
  readonly who: Pick<Participant, 'kind' | 'name'>;
}

export interface Logouts {
  /**
   * Ends the session, and begins to tell its participants. `undefined` when somebody else has ended it: nobody is told twice.
   * @throws ERR_STORE_UNAVAILABLE; ERR_AUDIT_UNAVAILABLE when it has ended and that could not be recorded: then the participants
   * are told later
   */
  begin(wanted: WantedLogout): Promise<LogoutRecord | undefined>;
  /** The participant leaves and is told; the session lives on. `undefined` when it does not take part. */
  leave(wanted: LeaveSession): Promise<LogoutRecord | undefined>;
  /**
   * For a session that has ended already, by its idle time or its age.
   * @throws ERR_STORE_UNAVAILABLE when nobody is told; ERR_AUDIT_UNAVAILABLE when they are, and that could not be recorded
   */
  afterEnd(key: string, entry: SsoEntry, cause: LogoutCause): Promise<LogoutRecord>;
  /** Goes on with what a node has left behind between writing and ending. */
  goOn(record: LogoutRecord): Promise<LogoutRecord>;
  find(id: string): Promise<LogoutRecord | undefined>;
  /** Notes the outcome, once; `undefined` when there is no such logout or participant. */
  settle(
    id: string,
    who: Pick<LogoutParticipant, 'kind' | 'name'>,
    outcome: SettledOutcome,
    more?: { readonly detail?: string | undefined; readonly attempted?: true },
  ): Promise<LogoutRecord | undefined>;
  /** Notes that it is being told once more. */
  attempted(id: string, who: Pick<LogoutParticipant, 'kind' | 'name'>): Promise<LogoutRecord | undefined>;
}

const endReasons: Readonly<Record<Exclude<LogoutCause, 'left'>, EndReason>> = {
  person: 'logout',
  partner: 'partner-logout',
  administrator: 'administrator',
  idle: 'idle',
  expired: 'expired',
};

export function createLogouts(options: LogoutsOptions): Logouts {
  const { ledger, sessions, messenger, audit, clock, random, lease } = options;

  async function recordOf(
    key: string,
    entry: SsoEntry,
    facts: Pick<LogoutRecord, 'cause' | 'state'> & Partial<Pick<LogoutRecord, 'id' | 'answerTo'>>,
    to: { readonly browser: boolean; readonly askedBy?: WantedLogout['askedBy'] | undefined },
  ): Promise<LogoutRecord> {
    const now = Math.floor(clock.now());
    const { domain, principal, decision } = entry;
    const id = facts.id ?? newId(clock, random);
    const participants = await Promise.all(entry.participants.map((one) => participantOf(one, to)));
    const times = { beganAt: now, giveUpAt: now + options.giveUpMs };
    return { version: 1, sessionKey: key, domain, principal, decision, ...times, ...facts, id, participants };
  }

  async function participantOf(
    { joinedAt: _, ...participant }: Participant,
    { browser, askedBy }: { readonly browser: boolean; readonly askedBy?: WantedLogout['askedBy'] | undefined },
  ): Promise<LogoutParticipant> {
    const asked = participant.kind === askedBy?.kind && participant.name === askedBy.name;
    if (participant.kind === 'application') {
      return { ...participant, title: participant.name, channel: 'none', outcome: 'no-own-session', attempts: 0 };
    }
    const { title, way } = await messenger.wayTo(participant);
    const told = { ...participant, title, attempts: 0 };
    if (asked) return { ...told, channel: 'none', outcome: 'asked-for-it' };
    if (way === 'none') return { ...told, channel: 'none', outcome: 'no-endpoint' };
    if (way === 'front' && !browser) return { ...told, channel: 'none', outcome: 'not-in-this-way' };
    return { ...told, channel: way, outcome: 'pending' };
  }

  /** A ledger that is away keeps nobody signed in: the session ends all the same, and the fault is told. */
  async function writeOrEnd(intent: LogoutRecord, ending: EndSession): Promise<void> {
    let written = false;
    try {
      await ledger.write(intent, lease);
      written = true;
    } finally {
      if (!written) await sessions.endKey(intent.sessionKey, ending);
    }
  }

  /** The session is over: the participants as they are now, written down and told. What is written is told, whether or not that can be recorded. */
  async function tell(record: LogoutRecord): Promise<LogoutRecord> {
    await ledger.write(record, lease);
    if (!isFinished(record)) options.drive(record);
    for (const participant of record.participants) {
      if (participant.outcome !== 'pending') await audit.record(participantEvent(record, participant));
    }
    if (isFinished(record)) await audit.record(finishedEvent(record));
    return record;
  }

  async function settled(
    noted: Awaited<ReturnType<LogoutLedger['note']>>,
    who: Pick<LogoutParticipant, 'kind' | 'name'>,
  ) {
    if (noted === undefined) return undefined;
    const { record } = noted;
    const participant = record.participants.find(({ kind, name }) => kind === who.kind && name === who.name);
    if (noted.settled && participant !== undefined) {
      await audit.record(participantEvent(record, participant));
      if (isFinished(record)) await audit.record(finishedEvent(record));
    }
    return record;
  }

  return {
    async begin({ key, entry, cause, sourceAddress, browser, askedBy, answerTo }) {
      const to = { browser, askedBy };
      const facts = { cause, ...(answerTo === undefined ? {} : { answerTo }) };
      // Written before the end: a crash between the two must not leave participants that nobody ever tells.
      const intent = await recordOf(key, entry, { ...facts, state: 'ending' }, to);
      await writeOrEnd(intent, { reason: reasonOf(cause), sourceAddress });
      const ended = await sessions.endKey(key, { reason: reasonOf(cause), sourceAddress });
      if (ended === undefined) {
        await ledger.remove(intent.id);
        return undefined;
      }
      return tell(await recordOf(key, ended, { ...facts, state: 'ended', id: intent.id }, to));
    },
    async leave({ id, who }) {
      const key = keyOf(id);
      const left = key === undefined ? undefined : await sessions.leave(id, who);
      if (key === undefined || left === undefined) return undefined;
      const entry = { ...left.entry, participants: [left.left] };
      return tell(await recordOf(key, entry, { cause: 'left', state: 'left' }, { browser: true }));
    },
    async afterEnd(key, entry, cause) {
      // The session there is the person's own: that nobody used the one here says nothing about it.
      const participants = entry.participants.filter(({ kind }) => kind !== 'identity-provider');
      return tell(await recordOf(key, { ...entry, participants }, { cause, state: 'ended' }, { browser: false }));
    },
    async goOn(record) {
      if (record.state !== 'ending') return record;
      const ended = await sessions.endKey(record.sessionKey, { reason: reasonOf(record.cause) });
      if (ended === undefined) return tell({ ...record, state: 'ended' });
      const { id, cause, answerTo, participants } = record;
      const askedBy = participants.find(({ outcome }) => outcome === 'asked-for-it');
      const facts = { id, cause, state: 'ended', ...(answerTo === undefined ? {} : { answerTo }) } as const;
      const browser = participants.some(({ channel }) => channel === 'front');
      return tell(await recordOf(record.sessionKey, ended, facts, { browser, askedBy }));
    },
    find: (id) => ledger.find(id),
    async settle(id, who, outcome, more = {}) {
      const { detail, attempted } = more;
      const at = Math.floor(clock.now());
      const note = { at, outcome, ...(attempted && { attempted }), ...(detail === undefined ? {} : { detail }) };
      return settled(await ledger.note(id, who, note), who);
    },
    async attempted(id, who) {
      return (await ledger.note(id, who, { at: Math.floor(clock.now()), attempted: true }))?.record;
    },
  };
}

function reasonOf(cause: LogoutCause): EndReason {
  return cause === 'left' ? 'logout' : endReasons[cause];
}

type Event = Omit<AuditEvent, 'id' | 'at' | 'node'>;

function participantEvent({ domain, principal, decision }: LogoutRecord, participant: LogoutParticipant): Event {
  const outcome = isConfirmed(participant) ? 'success' : 'failure';
  const application = participant.name;
  return { type: 'logout-participant', outcome, reason: participant.outcome, domain, principal, application, decision };
}

function finishedEvent(record: LogoutRecord): Event {
  const { domain, principal, decision } = record;
  const complete = record.participants.every(isConfirmed);
  const reason = complete ? 'complete' : 'partial';
  return { type: 'logout-finished', outcome: complete ? 'success' : 'failure', reason, domain, principal, decision };
}
