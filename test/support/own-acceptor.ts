/** @module Our own acceptor with real files, a real store in memory, and a clock that may go wrong. */
import { createOwnAcceptor } from '../../src/adapters/kerberos/own-acceptor.ts';
import { createMemoryEphemeralStore } from '../../src/adapters/memory-ephemeral-store.ts';
import { systemClock, systemRandom } from '../../src/adapters/system-clock.ts';
import { createWatchedFiles, type WatchedFiles } from '../../src/adapters/watched-files.ts';
import type { Clock } from '../../src/spi/clock.ts';
import type { EphemeralStore } from '../../src/spi/ephemeral-store.ts';
import type { KerberosAcceptor, KerberosAcceptorOptions } from '../../src/spi/kerberos-acceptor.ts';
import { silentLogger } from './audit-files.ts';

export interface OwnAcceptorWishes extends Partial<Omit<KerberosAcceptorOptions, 'implementation'>> {
  readonly keytabs: readonly string[];
  /** How far its clock is ahead of the machine's. */
  readonly aheadMs?: number;
  readonly clock?: Clock;
  readonly ephemeral?: EphemeralStore;
}

export interface OpenedAcceptor extends KerberosAcceptor {
  readonly files: WatchedFiles;
  close(): Promise<void>;
}

/** Its keytabs are read again when `files.check` is called. */
export async function openOwnAcceptor(wishes: OwnAcceptorWishes): Promise<OpenedAcceptor> {
  const { keytabs, aheadMs = 0, principal, trustedRealms = [], clockSkewMs = 300_000 } = wishes;
  const clock = wishes.clock ?? { ...systemClock, now: () => systemClock.now() + aheadMs };
  const files = createWatchedFiles({ folder: '/', logger: silentLogger, automatic: false });
  const acceptor = await createOwnAcceptor(
    { keytabs, trustedRealms, clockSkewMs, ...(principal === undefined ? {} : { principal }) },
    {
      clock,
      random: systemRandom,
      ephemeral: wishes.ephemeral ?? createMemoryEphemeralStore({ clock }),
      watchBytes: files.watchBytes,
    },
  );
  return { ...acceptor, files, close: () => files.close() };
}
