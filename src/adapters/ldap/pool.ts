/** @module A pool of connections to the servers of one directory, with fail-over and a short memory of dead ones. */
import type { Clock } from '../../spi/clock.ts';
import type { Connection } from './connection.ts';
import { ServerDown, stopIfAborted } from './limits.ts';
import { createSlots } from './slots.ts';

/** A server that could not be asked is passed over for so long, while there is another one. */
const deadMs = 30_000;
/** Firewalls forget idle connections without a word after minutes; one that is idle for longer than this is not used again. */
const maxIdleMs = 60_000;

export interface ServerList {
  /** Preferred first. Dead ones come last: where all are dead, all are tried. */
  inOrder(): readonly string[];
  markDead(url: string): void;
  markAlive(url: string): void;
}

export function createServerList(urls: readonly string[], clock: Clock): ServerList {
  const deadUntil = new Map<string, number>();
  const isDead = (url: string) => (deadUntil.get(url) ?? 0) > clock.now();
  return {
    inOrder: () => [...urls.filter((url) => !isDead(url)), ...urls.filter(isDead)],
    markDead: (url) => void deadUntil.set(url, clock.now() + deadMs),
    markAlive: (url) => void deadUntil.delete(url),
  };
}

export interface PoolOptions {
  readonly servers: ServerList;
  readonly size: number;
  /** All attempts of one use together. */
  readonly operationMs: number;
  readonly clock: Clock;
  /** @throws ServerDown */
  open(url: string, ms: number, signal: AbortSignal): Promise<Connection>;
}

export interface Pool {
  /**
   * Lends a connection to the work. Where the server turns out to be down, the next one is asked: the work may run again.
   * @throws ServerDown when no server could be asked, and whatever the work throws
   */
  use<T>(work: (connection: Connection, leftMs: () => number) => Promise<T>, signal: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

export function createPool(options: PoolOptions): Pool {
  const { servers, clock, open } = options;
  const slots = createSlots(options.size);
  let idle: { readonly connection: Connection; readonly since: number }[] = [];
  let closed = false;

  /** The most recently used one to the preferred server. Others are let go, so that a server that is back is used again. */
  function takeIdle(): Connection | undefined {
    const [preferred] = servers.inOrder();
    for (let entry = idle.pop(); entry !== undefined; entry = idle.pop()) {
      const { connection, since } = entry;
      if (connection.alive() && connection.url === preferred && clock.now() - since < maxIdleMs) return connection;
      connection.destroy();
    }
    return undefined;
  }

  function giveBack(connection: Connection): void {
    if (!connection.alive()) return;
    if (closed) connection.destroy();
    else idle.push({ connection, since: clock.now() });
  }

  async function attempt<T>(
    work: (connection: Connection, leftMs: () => number) => Promise<T>,
    leftMs: () => number,
    signal: AbortSignal,
  ): Promise<T> {
    for (let used = takeIdle(); used !== undefined; used = takeIdle()) {
      const reused = used;
      try {
        return await work(reused, leftMs);
      } catch (error) {
        if (!(error instanceof ServerDown)) throw error;
        // One that the server has closed meanwhile says nothing about the server; a silence does.
        if (error.silent) {
          servers.markDead(reused.url);
          break;
        }
      } finally {
        giveBack(reused);
      }
    }
    let last: ServerDown | undefined;
    for (const url of servers.inOrder()) {
      if (last !== undefined && leftMs() <= 0) break;
      let fresh: Connection | undefined;
      try {
        fresh = await open(url, leftMs(), signal);
        const answer = await work(fresh, leftMs);
        servers.markAlive(url);
        return answer;
      } catch (error) {
        if (!(error instanceof ServerDown)) throw error;
        servers.markDead(url);
        last = error;
      } finally {
        if (fresh !== undefined) giveBack(fresh);
      }
    }
    throw last ?? new ServerDown('', 'no server is configured');
  }

  return {
    async use(work, signal) {
      stopIfAborted(signal);
      const until = clock.timer() + options.operationMs;
      const leftMs = () => until - clock.timer();
      await slots.take(leftMs(), signal, servers.inOrder()[0] ?? '');
      try {
        return await attempt(work, leftMs, signal);
      } finally {
        slots.free();
      }
    },
    async close() {
      closed = true;
      const open = idle;
      idle = [];
      await Promise.all(open.map(({ connection }) => connection.close()));
    },
  };
}
