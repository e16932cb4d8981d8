/** @module PostgreSQL's CancelRequest (protocol §55.2.8): a connection of its own that asks to stop another one's statement. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SqlServerOptions } from './pool.ts';
import { tlsOptions } from './tls.ts';

const cancelRequestCode = 80_877_102;
const sslRequestCode = 80_877_103;

function packet(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * numbers.length);
  bytes.writeInt32BE(bytes.length, 0);
  for (const [index, number] of numbers.entries()) bytes.writeInt32BE(number, 4 + 4 * index);
  return bytes;
}

/** What the server gave this connection to be cancelled by; not in the library's types. */
function backendKeyOf(client: object): readonly [number, number] | undefined {
  const [id, key]: readonly unknown[] = [Reflect.get(client, 'processID'), Reflect.get(client, 'secretKey')];
  return typeof id === 'number' && typeof key === 'number' ? [id, key] : undefined;
}

/**
 * Asks and does not wait; the protocol has no answer to it. A server that cannot be reached stops the statement by its own time-out.
 * With TLS the request is encrypted too, to a server that has proved itself.
 */
export function sendCancelRequest(
  client: object,
  options: Pick<SqlServerOptions, 'host' | 'port' | 'tls' | 'connectTimeoutMs'>,
): void {
  const key = backendKeyOf(client);
  if (key === undefined) return;
  const request = packet(cancelRequestCode, ...key);
  const { host, port, tls } = options;
  const socket = connectTcp({ host, port });
  guard(socket, options.connectTimeoutMs);
  if (tls === undefined) {
    socket.end(request);
    return;
  }
  socket.write(packet(sslRequestCode));
  socket.once('data', (answer) => {
    if (answer.toString('latin1') !== 'S') {
      socket.destroy();
      return;
    }
    const names = isIP(host) === 0 ? { servername: host } : { host };
    const secure = connectTls({ ...tlsOptions(tls), ...names, socket }, () => secure.end(request));
    guard(secure, options.connectTimeoutMs);
  });
}

/** Nothing waits for this socket, so nothing is told of its end, and it does not hold the process. */
function guard(socket: Socket, timeoutMs: number): void {
  socket.on('error', () => undefined);
  socket.setTimeout(timeoutMs, () => socket.destroy());
  socket.unref();
}
