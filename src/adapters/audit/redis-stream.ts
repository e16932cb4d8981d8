/** @module Audit records into a Redis stream (ioredis, loaded at the first one). */
import type { Redis } from 'ioredis';
import type { AuditSink, RedisStreamAddress } from '../../spi/audit.ts';
import type { Timers } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { createRecordQueue, NotReached } from './record-queue.ts';
import type { TlsMaterial } from './tls-material.ts';

export interface RedisStreamOptions extends Omit<RedisStreamAddress, 'tls'> {
  readonly tls?: TlsMaterial;
  readonly timers: Timers;
}

/** A server that does not answer for so long is not there. */
const patienceMs = 3000;

/** Connects at the first record. Reconnecting is the queue's: a client is used until it fails. */
export function openRedisStream(options: RedisStreamOptions): AuditSink {
  const { host, port, stream, maxLength, timers } = options;
  const facts = { provider: 'Redis', host, port, stream };
  let client: Redis | undefined;

  async function connected(): Promise<Redis> {
    if (client?.status === 'ready') return client;
    client?.disconnect();
    client = await newClient(options);
    // The commands say what is wrong; without a listener the process would end.
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      client.disconnect();
      client = undefined;
      throw notReached(error);
    }
    return client;
  }

  /** One batch is one write; each entry has its own answer. */
  async function send(texts: readonly string[]): Promise<void> {
    const pipeline = (await connected()).pipeline();
    for (const text of texts)
      pipeline.xadd(stream, 'MAXLEN', '~', maxLength, '*', 'type', typeOf(text), 'record', text);
    const answers = await pipeline.exec().catch((error: unknown) => {
      throw lost(error);
    });
    const fault = answers?.find(([error]) => error !== null)?.[0];
    if (fault) throw isRefusal(fault) ? refused(fault) : lost(fault);
  }

  function lost(error: unknown): NotReached {
    client?.disconnect();
    client = undefined;
    return notReached(error);
  }

  /** The server answered, and the answer was no: no memory, no rights, read-only. */
  function refused(cause: Error): GatehouseError {
    const reason = /^[A-Z]+/.exec(cause.message)?.[0] ?? 'refused';
    return new GatehouseError('ERR_AUDIT_UNAVAILABLE', 'Redis refuses an audit record', {
      cause,
      facts: { ...facts, reason },
    });
  }

  return createRecordQueue({
    timers,
    facts,
    send,
    async close() {
      client?.disconnect();
    },
  });
}

async function newClient({ host, port, database, username, password, tls }: RedisStreamOptions): Promise<Redis> {
  const { Redis: Client } = await import('ioredis');
  return new Client({
    host,
    port,
    db: database,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    ...(tls === undefined ? {} : { tls: { ...tls, minVersion: 'TLSv1.2' } }),
    lazyConnect: true,
    enableOfflineQueue: false,
    connectTimeout: patienceMs,
    commandTimeout: patienceMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
}

/** ioredis names the answers of the server so. */
function isRefusal(error: Error): boolean {
  return error.name === 'ReplyError' && !/^(LOADING|CLUSTERDOWN|MASTERDOWN|TRYAGAIN)/.test(error.message);
}

/** Its other errors are many and have no common form: whatever they say, no answer came. */
function notReached(error: unknown): NotReached {
  if (!(error instanceof Error)) throw error;
  return new NotReached('code' in error ? String(error.code) : error.name, error);
}

/** The record is ours: it has its type. */
function typeOf(text: string): string {
  return /"type":"([a-z-]+)"/.exec(text)?.[1] ?? '';
}
