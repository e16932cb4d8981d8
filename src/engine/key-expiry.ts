/** @module When the certificates of our keys run out, said in time: at 60, 30 and 7 days, and when it is too late. */
import type { KeySide, KeyUse } from '../spi/key-ring.ts';
import type { Logger } from '../spi/logger.ts';

/** A key whose certificate partners know. */
export interface OwnKey {
  readonly id: string;
  readonly side: KeySide;
  readonly use: KeyUse;
  readonly state: 'pending' | 'published' | 'active';
  readonly notAfterAt: number;
  /** For whom it is where it is not for everybody: the configuration names it for partners. */
  readonly note?: string;
}

export type ExpiryAlarm = 'within-60-days' | 'within-30-days' | 'within-7-days' | 'expired';

const dayMs = 24 * 3600_000;
/** The first that holds. 60 days: a published key waits two weeks, and partners that copy metadata by hand have to be asked. */
const alarms: readonly (readonly [ExpiryAlarm, number])[] = [
  ['expired', 0],
  ['within-7-days', 7 * dayMs],
  ['within-30-days', 30 * dayMs],
  ['within-60-days', 60 * dayMs],
];

/** `undefined`: there is time. */
export function expiryAlarm(notAfterAt: number, now: number): ExpiryAlarm | undefined {
  return alarms.find(([, ms]) => notAfterAt - now <= ms)?.[0];
}

const sides: Readonly<Record<KeySide, string>> = { idp: 'identity provider', sp: 'service provider' };

/** For a person, one line. */
export function expiryWords({ id, side, use, state, notAfterAt, note }: OwnKey, now: number): string {
  const days = Math.floor(Math.abs(notAfterAt - now) / dayMs);
  const count = `${days} ${days === 1 ? 'day' : 'days'}`;
  const when = new Date(notAfterAt).toISOString().slice(0, 10);
  const ends = notAfterAt > now ? `runs out on ${when}, in ${count}` : `ran out on ${when}, ${count} ago`;
  const whose = note === undefined ? '' : ` (${note})`;
  return `the certificate of the ${state} ${use} key ${id} of the ${sides[side]}${whose} ${ends}`;
}

export interface ExpiryWatch {
  /** Says in the log what has come nearer since the last look. */
  look(): void;
  /** A line for each key with an alarm, the most urgent first. */
  warnings(): readonly string[];
}

export function createExpiryWatch(options: {
  readonly keys: () => readonly OwnKey[];
  readonly now: () => number;
  readonly logger: Logger;
}): ExpiryWatch {
  const { keys, now, logger } = options;
  /** Each alarm once: a log that repeats itself every hour is not read. */
  const said = new Map<string, ExpiryAlarm>();

  return {
    look() {
      for (const key of keys()) {
        const alarm = expiryAlarm(key.notAfterAt, now());
        if (alarm === undefined || said.get(key.id) === alarm) continue;
        said.set(key.id, alarm);
        const facts = { key: key.id, alarm, expires: new Date(key.notAfterAt).toISOString() };
        const isUrgent = alarm === 'expired' || alarm === 'within-7-days';
        logger[isUrgent ? 'error' : 'warn'](
          facts,
          `${expiryWords(key, now())}: "gatehouse keys add" begins a roll-over`,
        );
      }
    },
    warnings: () =>
      keys()
        .filter(({ notAfterAt }) => expiryAlarm(notAfterAt, now()) !== undefined)
        .toSorted((a, b) => a.notAfterAt - b.notAfterAt)
        .map((key) => expiryWords(key, now())),
  };
}
