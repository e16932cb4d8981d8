/** @module Connections to a syslog collector: UDP, TCP with octet counting, TLS; found again when they are lost. */
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { AuditSink, SyslogAddress } from '../../spi/audit.ts';
import type { Timers } from '../../spi/clock.ts';
import { isSystemError } from '../system-error.ts';
import { createRecordQueue, NotReached } from './record-queue.ts';
import type { TlsMaterial } from './tls-material.ts';

export interface SyslogOptions extends Omit<SyslogAddress, 'tls'> {
  readonly tls?: TlsMaterial;
  readonly timers: Timers;
}

/** A collector that does not answer or take anything for so long is not there. */
const patienceMs = 3000;
/** To wait for the end of a connection that is closed in good order. */
const lingerMs = 1000;

interface Connection {
  /** Resolves when the system has taken the messages. @throws NotReached */
  write(messages: readonly string[]): Promise<void>;
  readonly isOpen: () => boolean;
  close(): Promise<void>;
}

/** Connects at the first message, so that a start does not depend on the collector. */
export function openSyslog(options: SyslogOptions): AuditSink {
  const { transport, host, port, timers } = options;
  let connection: Connection | undefined;

  async function connected(): Promise<Connection> {
    if (connection?.isOpen()) return connection;
    await connection?.close();
    connection = undefined;
    connection = await (transport === 'udp' ? openDatagrams(options) : openStream(options));
    return connection;
  }

  return createRecordQueue({
    timers,
    facts: { provider: 'Syslog', transport, host, port },
    async send(messages) {
      await (await connected()).write(messages);
    },
    async close() {
      await connection?.close();
    },
  });
}

/** Whether anybody hears is not known, but where the system says that nobody does. */
async function openDatagrams({ host, port }: SyslogOptions): Promise<Connection> {
  const { address, family } = await lookup(host).catch(notReached);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  let refusal: string | undefined;
  socket.on('error', (error) => {
    refusal = 'code' in error ? String(error.code) : 'error';
  });
  await new Promise<void>((resolve) => socket.connect(port, address, resolve));
  return {
    isOpen: () => refusal === undefined,
    async write(messages) {
      for (const message of messages) {
        if (refusal !== undefined) throw new NotReached(refusal);
        await new Promise<void>((resolve, reject) => {
          socket.send(message, (error) => (error === null ? resolve() : reject(error)));
        }).catch(notReached);
      }
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

async function openStream(options: SyslogOptions): Promise<Connection> {
  const { timers } = options;
  const socket = await opened(options);
  let fault: string | undefined;
  socket.on('error', (error) => {
    fault = 'code' in error ? String(error.code) : 'error';
  });
  // A collector says nothing: when it ends the connection, what is written now would be lost.
  socket.on('end', () => {
    fault ??= 'closed by the collector';
    socket.destroy();
  });
  socket.resume();
  const isOpen = () => fault === undefined && !socket.destroyed && socket.writable;
  return {
    isOpen,
    async write(messages) {
      const framed = messages.map((message) => `${Buffer.byteLength(message)} ${message}`).join('');
      const written = new Promise<void>((resolve, reject) => {
        socket.write(framed, (error) => (error == null ? resolve() : reject(error)));
      }).catch(notReached);
      await within(timers, written, () => {
        fault = 'it takes nothing';
        socket.destroy();
      });
    },
    async close() {
      if (socket.destroyed) return;
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.end();
      const cancel = timers.start(() => socket.destroy(), lingerMs);
      await closed;
      cancel();
    },
  };
}

async function opened({ transport, host, port, tls, timers }: SyslogOptions): Promise<Socket> {
  const socket =
    transport === 'tls'
      ? connectTls({ host, port, minVersion: 'TLSv1.2', servername: serverName(host), ...tls })
      : connectTcp({ host, port });
  socket.setKeepAlive(true, patienceMs);
  const ready = new Promise<Socket>((resolve, reject) => {
    socket.once(transport === 'tls' ? 'secureConnect' : 'connect', () => resolve(socket));
    socket.once('error', reject);
    socket.once('close', () => reject(new NotReached('closed by the collector')));
  });
  ready.catch(() => undefined);
  return within(timers, ready.catch(notReached), () => socket.destroy(new NotReached('no answer')));
}

/** An address is no name to ask for (RFC 6066 §3). */
function serverName(host: string): string {
  return /^[\d.]+$|:/.test(host) ? '' : host;
}

async function within<T>(timers: Timers, work: Promise<T>, giveUp: () => void): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = timers.start(() => {
    late.reject(new NotReached('no answer'));
    giveUp();
  }, patienceMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    cancel();
  }
}

/** Faults of the network and of TLS are Node's errors with a code. @throws NotReached */
function notReached(error: unknown): never {
  if (error instanceof NotReached) throw error;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    throw new NotReached(error.code, error);
  if (isSystemError(error)) throw new NotReached(error.code, error);
  throw error;
}
