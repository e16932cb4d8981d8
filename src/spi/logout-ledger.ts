/** @module The contract of the logout ledger: what became of each participant of an ended session, kept for a month. */
import { z } from 'zod';

/** How a participant is told: by us directly, by the browser on its way, or not at all. */
export const logoutChannels = ['back', 'front', 'none'] as const;
export type LogoutChannel = (typeof logoutChannels)[number];

/**
 * `asked-for-it`: began the logout itself. `no-own-session`: an application behind the gateway, which is shut by the end of our
 * session. `refused`: answered with another status than Success. `invalid-answer`: an answer that cannot be believed. `unreachable`:
 * no answer on the back channel until the last attempt. `no-answer`: the browser did not come back with one. `no-endpoint`: its
 * metadata names no place to tell it. `not-in-this-way`: needs a browser, and none was there.
 */
export const settledOutcomes = [
  'asked-for-it',
  'no-own-session',
  'confirmed',
  'refused',
  'invalid-answer',
  'unreachable',
  'no-answer',
  'no-endpoint',
  'not-in-this-way',
] as const;
export type SettledOutcome = (typeof settledOutcomes)[number];

export const logoutCauses = ['person', 'partner', 'administrator', 'idle', 'expired', 'left'] as const;
export type LogoutCause = (typeof logoutCauses)[number];

const participant = z.object({
  kind: z.enum(['saml', 'application', 'identity-provider']),
  /** entityID, or the configured name of an application. */
  name: z.string(),
  /** What people call it. */
  title: z.string(),
  sessionIndex: z.string().exactOptional(),
  nameId: z.string().exactOptional(),
  nameIdFormat: z.string().exactOptional(),
  nameQualifier: z.string().exactOptional(),
  spNameQualifier: z.string().exactOptional(),
  application: z.string().exactOptional(),
  channel: z.enum(logoutChannels),
  outcome: z.enum(['pending', ...settledOutcomes]),
  /** A constant word or a status URI that says more. */
  detail: z.string().exactOptional(),
  /** How often it was told, or the browser was sent there. */
  attempts: z.number(),
  /** Of the last attempt or of the outcome. */
  at: z.number().exactOptional(),
});
export type LogoutParticipant = Readonly<z.output<typeof participant>>;

/** A partner that waits for a LogoutResponse at the end. */
const answerTo = z.object({
  /** As which of our sides we answer; records of older releases have none, and were the identity provider's. */
  kind: z.enum(['saml', 'identity-provider']).exactOptional(),
  /** The application that was asked, where it is a service provider. */
  application: z.string().exactOptional(),
  partner: z.string(),
  requestId: z.string(),
  relayState: z.string().exactOptional(),
});
export type LogoutAnswerTo = Readonly<z.output<typeof answerTo>>;

/** Plain data: stored as JSON and read by other versions. */
export const logoutRecord = z.object({
  version: z.literal(1),
  /** The form of a decision id. */
  id: z.string(),
  /** Key of the session in the SsoStore: whoever goes on after a crash ends it before anybody is told. */
  sessionKey: z.string(),
  /** `ending` is written before the session ends, so that no end is ever forgotten. `left`: the session lives on. */
  state: z.enum(['ending', 'ended', 'left']),
  cause: z.enum(logoutCauses),
  domain: z.string(),
  principal: z.string(),
  /** The login that had begun the session. */
  decision: z.string(),
  beganAt: z.number(),
  /** Nobody is told any more after it. */
  giveUpAt: z.number(),
  answerTo: answerTo.exactOptional(),
  participants: z.array(participant).readonly(),
});
export type LogoutRecord = Readonly<z.output<typeof logoutRecord>>;

/** Who works on a logout, and until when nobody else does. */
export interface LogoutLease {
  readonly node: string;
  readonly ms: number;
}

export interface ParticipantNote {
  readonly at: number;
  /** It was told once more. */
  readonly attempted?: true;
  readonly outcome?: SettledOutcome;
  readonly detail?: string;
}

export interface Noted {
  readonly record: LogoutRecord;
  /** True when this very note decided the outcome: of all that come at once exactly one does. */
  readonly settled: boolean;
}

export const logoutsKeptMs = 30 * 24 * 3600_000;

/**
 * Records are kept for `logoutsKeptMs` from their beginning. A logout is finished when no participant is pending and its state
 * is not `ending`. Each method is one atomic step. All throw ERR_STORE_UNAVAILABLE.
 */
export interface LogoutLedger {
  /** Makes or replaces a record. Its writer holds it for the time of the lease. */
  write(record: LogoutRecord, lease: LogoutLease): Promise<void>;
  /** Notes what became of one participant; an outcome stays as it was first noted. `undefined` when there is no such record or participant. */
  note(id: string, who: Pick<LogoutParticipant, 'kind' | 'name'>, note: ParticipantNote): Promise<Noted | undefined>;
  find(id: string): Promise<LogoutRecord | undefined>;
  /** An unfinished record that no other node holds; of all nodes at once exactly one gets it, and the holder prolongs its lease. */
  claim(id: string, lease: LogoutLease): Promise<LogoutRecord | undefined>;
  /** Ids of unfinished records that nobody holds, oldest first. */
  unclaimed(limit: number): Promise<readonly string[]>;
  /** Newest first. */
  list(limit: number): Promise<readonly LogoutRecord[]>;
  /** For a record whose session another caller has ended. */
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}

export function isFinished(record: LogoutRecord): boolean {
  return record.state !== 'ending' && record.participants.every(({ outcome }) => outcome !== 'pending');
}

/** The participants that are known to have ended their own session, or have none. */
export function isConfirmed({ outcome }: Pick<LogoutParticipant, 'outcome'>): boolean {
  return outcome === 'confirmed' || outcome === 'asked-for-it' || outcome === 'no-own-session';
}
