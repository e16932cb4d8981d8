/** @module The stores of a running server and what the engine makes of them: sessions and pending logins. */
import { createMemorySsoStore } from '../adapters/memory-sso-store.ts';
import type { Configuration } from '../config/configuration.ts';
import type { AuditTrail } from '../engine/audit-trail.ts';
import { createFirstLegs, type FirstLegs } from '../engine/first-legs.ts';
import { createPendingLogins, type PendingLogins } from '../engine/pending-logins.ts';
import { createSsoSessions, type SsoSessions } from '../engine/sso-sessions.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import type { Secret } from '../spi/secret.ts';
import type { Closers } from './closers.ts';

export interface Sessions {
  readonly sessions: SsoSessions;
  readonly pendingLogins: PendingLogins;
  readonly firstLegs: FirstLegs;
}

/** Stores in memory: a session lives as long as the process. */
export function buildSessions(
  configuration: Configuration,
  parts: {
    readonly clock: Clock;
    readonly random: Random;
    readonly audit: AuditTrail;
    readonly ephemeral: EphemeralStore;
    readonly closers: Closers;
    readonly key: Secret<Uint8Array>;
  },
): Sessions {
  const { clock, random, audit, ephemeral, closers } = parts;
  const ssoStore = closers.add(createMemorySsoStore({ clock }), (store) => store.close());
  return {
    sessions: createSsoSessions({
      store: ssoStore,
      audit,
      clock,
      random,
      idleMs: configuration.sessions.idleSeconds * 1000,
      lifetimeMs: configuration.sessions.lifetimeSeconds * 1000,
    }),
    firstLegs: createFirstLegs({ clock, random, key: parts.key }),
    pendingLogins: createPendingLogins({
      store: ephemeral,
      clock,
      random,
      key: parts.key,
      ttlMs: configuration.login.pendingSeconds * 1000,
    }),
  };
}
