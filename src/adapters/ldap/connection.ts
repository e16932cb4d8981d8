/** @module One connection to one directory server, bound or not, that says when it has died and never comes back by itself. */
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Client } from 'ldapts';
import { GatehouseError } from '../../spi/errors.ts';
import { type Limit, limited, ServerDown } from './limits.ts';
import { openTcp, type ServerAddress, secure } from './socket.ts';

/** The library, loaded when the first connection is opened. */
export type Ldapts = typeof import('ldapts');

export interface Connection {
  readonly url: string;
  readonly library: Ldapts;
  alive(): boolean;
  /**
   * One request with its answer. The connection is gone after anything but an answer.
   * @throws ServerDown, ERR_DEADLINE_EXCEEDED, or the library's error with the result code of a refusal
   */
  ask<T>(request: (client: Client) => Promise<T>, ms: number, signal: AbortSignal): Promise<T>;
  /** Polite where it is idle. */
  close(): Promise<void>;
  destroy(): void;
}

export interface OpenOptions {
  readonly address: ServerAddress;
  readonly startTls: boolean;
  readonly context: () => SecureContext;
  readonly ms: number;
  readonly signal: AbortSignal;
}

/** Never connected to: each client is given a socket, and one with an `ldaps:` URL would not take it. */
const clientUrl = 'ldap://localhost';

/** RFC 4511 §4.14. */
const startTlsOid = '1.3.6.1.4.1.1466.20037';

/** @throws ServerDown, ERR_DEADLINE_EXCEEDED */
export async function openConnection(options: OpenOptions): Promise<Connection> {
  const { address, ms, signal } = options;
  const { url } = address;
  let raw: Socket | undefined;
  const limit: Limit = { ms, signal, url, stop: () => raw?.destroy() };
  const open = async () => {
    const library = await import('ldapts');
    const plain = await openTcp(address, (socket) => {
      raw = socket;
    });
    if (address.secure) return { library, socket: await secure(plain, address, options.context()) };
    if (!options.startTls) return { library, socket: plain };
    await beginTls(library, plain, url);
    return { library, socket: await secure(plain, address, options.context()) };
  };
  try {
    const { library, socket } = await limited(open, limit);
    return connectionOn(socket, library, url);
  } catch (error) {
    raw?.destroy();
    throw error;
  }
}

/**
 * With a client of its own: whatever came in before TLS stays in that client's reader and is never taken for part of an
 * answer that came through TLS.
 */
async function beginTls(library: Ldapts, socket: Socket, url: string): Promise<void> {
  const client = new library.Client({ url: clientUrl, createConnection: () => socket });
  try {
    await client.exop(startTlsOid);
  } catch (error) {
    if (isBug(error)) throw error;
    throw new ServerDown(url, 'the server did not begin TLS', { cause: error });
  }
  socket.removeAllListeners('data');
}

function connectionOn(socket: Socket, library: Ldapts, url: string): Connection {
  let open = !socket.destroyed;
  let used = false;
  socket.once('close', () => {
    open = false;
  });
  const client = new library.Client({
    url: clientUrl,
    // A client whose connection is lost opens another one by itself and is then anonymous: this one cannot.
    createConnection() {
      if (used) throw new ServerDown(url, 'the connection was closed');
      used = true;
      return socket;
    },
  });
  const destroy = () => {
    open = false;
    socket.destroy();
  };
  return {
    url,
    library,
    alive: () => open,
    async ask(request, ms, signal) {
      try {
        return await limited(() => request(client), { ms, signal, url, stop: destroy });
      } catch (error) {
        if (isResult(error)) throw error;
        destroy();
        if (error instanceof ServerDown || error instanceof GatehouseError || isBug(error)) throw error;
        throw new ServerDown(url, error instanceof Error ? error.message : 'unknown', { cause: error });
      }
    },
    async close() {
      if (!open) return;
      open = false;
      await client.unbind();
      socket.destroy();
    },
    destroy,
  };
}

/** An answer of the server that is not success; `code` is the result code (RFC 4511 §4.1.9). */
export interface ResultError extends Error {
  readonly code: number;
}

export function isResult(error: unknown): error is ResultError {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}

function isBug(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}
