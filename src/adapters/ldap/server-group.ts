/** @module The servers that have one tree, replicas of one another: a pool that searches and a pool that binds. */
import type { SecureContext } from 'node:tls';
import type { Clock } from '../../spi/clock.ts';
import type { BindOutcome, DirectoryAccount, DirectoryOptions, DirectorySearch } from '../../spi/directory.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { Secret } from '../../spi/secret.ts';
import { bind } from './bind.ts';
import { type Connection, openConnection } from './connection.ts';
import {
  defaultAnswerMs,
  defaultConnectMs,
  defaultOperationMs,
  defaultPoolSize,
  ServerDown,
  unavailable,
} from './limits.ts';
import { createPool, createServerList } from './pool.ts';
import { type Found, search } from './search.ts';
import { addressOf, trusting } from './socket.ts';

export interface ServerGroup {
  search(search: DirectorySearch, signal: AbortSignal): Promise<Found>;
  bind(dn: string, password: Secret<string>, signal: AbortSignal): Promise<BindOutcome>;
  close(): Promise<void>;
}

export function createServerGroup(options: DirectoryOptions, urls: readonly string[], clock: Clock): ServerGroup {
  const {
    connectTimeoutMs = defaultConnectMs,
    answerTimeoutMs = defaultAnswerMs,
    poolSize = defaultPoolSize,
  } = options;
  const servers = createServerList(urls, clock);
  const context = securityContexts(options);
  const operationMs = Math.max(defaultOperationMs, connectTimeoutMs + answerTimeoutMs);
  const answerMs = (leftMs: number) => Math.min(answerTimeoutMs, leftMs);
  const shared = { servers, size: poolSize, operationMs, clock };

  function open(url: string, ms: number, signal: AbortSignal): Promise<Connection> {
    const wait = Math.min(connectTimeoutMs, ms);
    return openConnection({ address: addressOf(url), startTls: options.startTls, context, ms: wait, signal });
  }

  const binding = createPool({ ...shared, open });
  const searching = createPool({
    ...shared,
    async open(url, ms, signal) {
      const begun = clock.timer();
      const connection = await open(url, ms, signal);
      const { service } = options;
      if (service === undefined) return connection;
      const left = Math.min(connectTimeoutMs, ms) - (clock.timer() - begun);
      await bindService(connection, service, left, signal);
      return connection;
    },
  });

  return {
    search: (wanted, signal) =>
      faultless(() => {
        const { as } = wanted;
        return (as === undefined ? searching : binding).use(async (connection, leftMs) => {
          if (as !== undefined) await bindAs(connection, as, answerMs(leftMs()), signal);
          const limits = { timeLimitMs: options.timeLimitMs, answerMs: () => answerMs(leftMs()), signal };
          return await search(connection, wanted, limits);
        }, signal);
      }),
    bind: (dn, password, signal) =>
      faultless(() =>
        binding.use((connection, leftMs) => bind(connection, dn, password, answerMs(leftMs()), signal), signal),
      ),
    async close() {
      await Promise.all([searching.close(), binding.close()]);
    },
  };
}

/** @throws ServerDown: a server that does not know the service is passed over like one that is down. */
async function bindService(
  connection: Connection,
  { dn, credential }: DirectoryAccount,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const outcome = await bind(connection, dn, credential, ms, signal).catch((error: unknown) => {
    connection.destroy();
    throw error;
  });
  if (outcome === 'verified') return;
  connection.destroy();
  throw new ServerDown(connection.url, `the bind to search with is refused: ${outcome}`);
}

/** @throws ERR_STORE_UNAVAILABLE: the name and the password of somebody say nothing about the server. */
async function bindAs(
  connection: Connection,
  { dn, credential }: DirectoryAccount,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const outcome = await bind(connection, dn, credential, ms, signal);
  if (outcome === 'verified') return;
  throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the directory refuses the user who searches', {
    facts: { url: connection.url, outcome },
  });
}

async function faultless<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ServerDown ? unavailable(error) : error;
  }
}

/** Made anew when the file of authorities has changed: making one costs a millisecond. */
function securityContexts({ authorities }: DirectoryOptions): () => SecureContext {
  let made: { readonly from: string | undefined; readonly context: SecureContext } | undefined;
  return () => {
    const from = authorities?.current();
    if (made === undefined || made.from !== from) made = { from, context: trusting(from) };
    return made.context;
  };
}
