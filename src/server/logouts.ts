/** @module Builds logout: the ledger in the home, the engine's part, and its upkeep while the server runs. */
import { randomUUID } from 'node:crypto';
import { openFileLogoutLedger } from '../adapters/file-logout-ledger.ts';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { systemTimers } from '../adapters/system-clock.ts';
import type { Configuration } from '../config/configuration.ts';
import type { AuditTrail } from '../engine/audit-trail.ts';
import { createLogouts, type Logouts } from '../engine/logout.ts';
import type { LogoutMessenger } from '../engine/logout-messenger.ts';
import { createTelling, type Telling } from '../engine/logout-telling.ts';
import { createLogoutTickets, type LogoutTickets } from '../engine/logout-tickets.ts';
import { createUpkeep, type Upkeep } from '../engine/logout-upkeep.ts';
import type { SsoSessions } from '../engine/sso-sessions.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type { Logger } from '../spi/logger.ts';
import type { Secret } from '../spi/secret.ts';
import type { Closers } from './closers.ts';

export interface LogoutParts {
  readonly configuration: Pick<Configuration, 'node' | 'sessions'>;
  readonly home: HomeFolder;
  readonly sessions: SsoSessions;
  readonly messenger: LogoutMessenger;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly key: Secret<Uint8Array>;
  readonly closers: Closers;
}

export interface BuiltLogouts {
  readonly logouts: Logouts;
  readonly telling: Telling;
  readonly tickets: LogoutTickets;
  readonly messenger: LogoutMessenger;
  readonly answerMs: number;
  /** To be started when the doors are open. */
  readonly upkeep: Upkeep;
}

export const logoutsFolder = 'data/logouts';

/** Longer than an attempt and the longest wait after it: a holder that works prolongs it in time. */
const leaseMs = 6 * 60_000;

export async function buildLogouts(parts: LogoutParts): Promise<BuiltLogouts> {
  const { configuration, home, sessions, messenger, clock, random, logger, closers } = parts;
  const { logout } = configuration.sessions;
  const folder = home.resolve(logoutsFolder);
  const ledger = closers.add(await openFileLogoutLedger({ folder, clock }), (open) => open.close());
  // A name of this start: what an earlier one held is not held by it.
  const lease = { node: `${configuration.node}#${randomUUID()}`, ms: leaseMs };
  const answerMs = logout.answerSeconds * 1000;
  const shared = { ledger, messenger, clock, timers: systemTimers, logger, lease };
  const telling = closers.add(createTelling({ ...shared, attemptMs: answerMs }), (open) => open.close());
  const logouts: Logouts = createLogouts({
    ...{ ledger, sessions, messenger, clock, random, lease, audit: parts.audit },
    giveUpMs: logout.giveUpSeconds * 1000,
    drive: (record) => telling.begin(record, logouts),
  });
  const tellOnExpiry = logout.onExpiry === 'tell';
  const upkeep = closers.add(createUpkeep({ ...shared, logouts, telling, sessions, tellOnExpiry }), (open) =>
    open.close(),
  );
  return { logouts, telling, tickets: createLogoutTickets({ key: parts.key, random }), messenger, answerMs, upkeep };
}
