/** @module The logouts of one process by id, with their leases: what the ledgers in memory and on disk are made of. */
import type { Clock } from '../spi/clock.ts';
import {
  isFinished,
  type LogoutLease,
  type LogoutParticipant,
  type LogoutRecord,
  logoutsKeptMs,
  type Noted,
  type ParticipantNote,
} from '../spi/logout-ledger.ts';

interface Held {
  readonly record: LogoutRecord;
  readonly node: string;
  readonly leasedUntil: number;
}

export interface LogoutBook {
  put(record: LogoutRecord, lease?: LogoutLease): void;
  get(id: string): LogoutRecord | undefined;
  claim(id: string, lease: LogoutLease): LogoutRecord | undefined;
  unclaimed(limit: number): readonly string[];
  /** Newest first. */
  list(limit: number): readonly LogoutRecord[];
  remove(id: string): void;
  clear(): void;
}

/** @param maxFinished so many finished ones are kept, the newest; unfinished ones are never dropped. */
export function createLogoutBook(clock: Clock, maxFinished: number): LogoutBook {
  /** In the order in which they began. */
  const held = new Map<string, Held>();
  let finished = 0;

  function drop(id: string): void {
    const there = held.get(id);
    if (there === undefined) return;
    if (isFinished(there.record)) finished -= 1;
    held.delete(id);
  }

  function prune(): void {
    const oldest = clock.now() - logoutsKeptMs;
    for (const [id, { record }] of held) {
      if (record.beganAt > oldest && finished <= maxFinished) return;
      if (isFinished(record) || record.beganAt <= oldest) drop(id);
    }
  }

  return {
    put(record, lease) {
      const before = held.get(record.id);
      if (before !== undefined && isFinished(before.record)) finished -= 1;
      if (isFinished(record)) finished += 1;
      const leased =
        lease === undefined
          ? { node: before?.node ?? '', leasedUntil: before?.leasedUntil ?? 0 }
          : { node: lease.node, leasedUntil: clock.now() + lease.ms };
      held.set(record.id, { record, ...leased });
      prune();
    },
    get(id) {
      const record = held.get(id)?.record;
      return record === undefined || record.beganAt <= clock.now() - logoutsKeptMs ? undefined : record;
    },
    claim(id, lease) {
      const there = held.get(id);
      if (there === undefined || isFinished(there.record)) return undefined;
      if (there.node !== lease.node && clock.now() < there.leasedUntil) return undefined;
      held.set(id, { record: there.record, node: lease.node, leasedUntil: clock.now() + lease.ms });
      return there.record;
    },
    unclaimed(limit) {
      const now = clock.now();
      const ids: string[] = [];
      for (const [id, { record, leasedUntil }] of held) {
        if (ids.length >= limit) break;
        if (!isFinished(record) && leasedUntil <= now) ids.push(id);
      }
      return ids;
    },
    list(limit) {
      const oldest = clock.now() - logoutsKeptMs;
      const all = [...held.values()].map(({ record }) => record).filter(({ beganAt }) => beganAt > oldest);
      return all.sort(newestFirst).slice(0, limit);
    },
    remove: drop,
    clear() {
      held.clear();
      finished = 0;
    },
  };
}

/** Ids sort by time. */
export function newestFirst(one: LogoutRecord, other: LogoutRecord): number {
  return one.id < other.id ? 1 : one.id > other.id ? -1 : 0;
}

/** The record with the note in it; `undefined` when nobody of that name takes part. */
export function withNote(
  record: LogoutRecord,
  who: Pick<LogoutParticipant, 'kind' | 'name'>,
  { at, attempted, outcome, detail }: ParticipantNote,
): Noted | undefined {
  const index = record.participants.findIndex(({ kind, name }) => kind === who.kind && name === who.name);
  const before = record.participants[index];
  if (before === undefined) return undefined;
  // What comes late changes nothing that the ledger is asked for.
  if (before.outcome !== 'pending') return { record, settled: false };
  const after: LogoutParticipant = {
    ...before,
    at,
    attempts: before.attempts + (attempted === true ? 1 : 0),
    ...(outcome === undefined ? {} : { outcome }),
    ...(detail === undefined ? {} : { detail }),
  };
  return {
    record: { ...record, participants: record.participants.with(index, after) },
    settled: outcome !== undefined,
  };
}
