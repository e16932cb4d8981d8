/** @module Keeps a TLS key pair equal to its files: a good change is taken over, a bad one is logged and the old pair stays. Says when it runs out. */
import { unwatchFile, watchFile } from 'node:fs';
import type { Clock } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import { coalesced } from './coalesced.ts';
import { type KeyPairFiles, loadKeyPair, type TlsKeyPair } from './tls-key-pair.ts';

export interface WatchOptions extends KeyPairFiles {
  readonly hostNames: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called after each change that was good: hand the pair to `setSecureContext`. */
  readonly onChange: (pair: TlsKeyPair) => void;
  /** How often the files are looked at. Looking works for renames, symbolic links and network folders alike. */
  readonly pollMs?: number;
}

export interface WatchedKeyPair {
  current(): TlsKeyPair;
  close(): void;
}

const defaultPollMs = 2000;
const dayMs = 24 * 3600_000;
/** Time enough to order a certificate; whoever renews by machine has done it by then. */
const expiryWarningMs = 30 * dayMs;

/** @throws ERR_TLS_KEY_PAIR when the pair is bad at the start. */
export async function watchKeyPair(options: WatchOptions): Promise<WatchedKeyPair> {
  const { certificate, key, hostNames, clock, logger, onChange, pollMs = defaultPollMs } = options;
  const load = () => loadKeyPair({ certificate, key, hostNames, now: clock.now() });
  const files = [...new Set([certificate, key])];
  let pair = await load();
  let closed = false;

  function warnOfExpiry(): void {
    if (pair.notAfterAt - clock.now() < expiryWarningMs) {
      logger.warn({ certificate, expires: new Date(pair.notAfterAt).toISOString() }, 'TLS certificate expires soon');
    }
  }

  async function reload(): Promise<void> {
    try {
      const next = await load();
      if (closed || (next.cert === pair.cert && next.key === pair.key)) {
        return;
      }
      pair = next;
      logger.info({ certificate, fingerprint: next.fingerprint }, 'TLS key pair replaced');
      warnOfExpiry();
      onChange(next);
    } catch (error) {
      if (!(error instanceof GatehouseError)) {
        throw error;
      }
      logger.warn(
        { ...error.facts, reason: error.message },
        'TLS key pair changed and is not usable; the old one stays',
      );
    }
  }

  // What changes during a reading is looked at again, so that the last state of both files is the one that counts.
  const changed = coalesced(async () => (closed ? undefined : reload()));
  const listener = () => void changed();
  for (const file of files) {
    watchFile(file, { interval: pollMs, persistent: false }, listener);
  }
  const reminder = setInterval(warnOfExpiry, dayMs).unref();
  warnOfExpiry();
  // What changed between the first read and the first look would never be noticed.
  await changed();
  return {
    current: () => pair,
    close() {
      closed = true;
      clearInterval(reminder);
      for (const file of files) {
        unwatchFile(file, listener);
      }
    },
  };
}
