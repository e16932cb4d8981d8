/** @module Sessions that nobody has ended and that time has: each is recorded and its participants told, if not in this round then in a later one. */
import type { Clock } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { FoundSession } from '../spi/sso-store.ts';
import type { Logouts } from './logout.ts';
import type { SsoSessions } from './sso-sessions.ts';

export interface SessionExpiryOptions {
  readonly sessions: Pick<SsoSessions, 'takeExpired' | 'recordExpiry'>;
  readonly logouts: Pick<Logouts, 'afterEnd'>;
  readonly clock: Clock;
  /** Whether participants are told. */
  readonly tellOnExpiry: boolean;
}

export interface SessionExpiry {
  /**
   * Takes what has expired, no more than can be kept until it is done. What fails for one session holds up no other, and is tried
   * again in the next round. @throws the first fault, when everything has been tried
   */
  round(): Promise<void>;
  /** How many sessions are not done with. */
  left(): number;
}

/** In one round; the next one takes the next. */
const maxInRound = 500;

type Duty = (due: FoundSession, cause: 'expired' | 'idle') => Promise<void>;

interface Due {
  readonly session: FoundSession;
  readonly cause: 'expired' | 'idle';
  readonly duties: readonly Duty[];
}

export function createSessionExpiry(options: SessionExpiryOptions): SessionExpiry {
  const { sessions, logouts, clock } = options;
  /** The store has given them out: nobody else will ever see them. */
  let waiting: readonly Due[] = [];

  const record: Duty = ({ entry }, cause) => sessions.recordExpiry(entry, cause);

  const tell: Duty = async ({ key, entry }, cause) => {
    try {
      await logouts.afterEnd(key, entry, cause);
    } catch (error) {
      // Then they are being told; once more would be twice.
      if (!(error instanceof GatehouseError) || error.code !== 'ERR_AUDIT_UNAVAILABLE') throw error;
    }
  };

  function dueOf(session: FoundSession): Due {
    const { entry } = session;
    const tells = options.tellOnExpiry && entry.participants.length > 0;
    const cause = clock.now() >= entry.expiresAt ? 'expired' : 'idle';
    return { session, cause, duties: tells ? [record, tell] : [record] };
  }

  return {
    left: () => waiting.length,
    async round() {
      const taken = await sessions.takeExpired(Math.max(0, maxInRound - waiting.length));
      waiting = [...waiting, ...taken.map(dueOf)];
      const faults: GatehouseError[] = [];
      const left: Due[] = [];
      for (const due of waiting) {
        const undone: Duty[] = [];
        for (const duty of due.duties) {
          try {
            await duty(due.session, due.cause);
          } catch (error) {
            if (!(error instanceof GatehouseError)) throw error;
            faults.push(error);
            undone.push(duty);
          }
        }
        if (undone.length > 0) left.push({ ...due, duties: undone });
      }
      waiting = left;
      const [first] = faults;
      if (first !== undefined) throw first;
    },
  };
}
