/** @module Bytes on a socket: what no HTTP client would send, and what comes back until the server hangs up. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Reply } from './http-client.ts';

export interface RawConnection {
  write(bytes: string | Buffer): void;
  /** Everything that came, once the server has closed the connection. */
  readonly received: Promise<string>;
  readonly socket: Socket;
}

export async function openRaw(port: number): Promise<RawConnection> {
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  const pieces: Buffer[] = [];
  const received = new Promise<string>((resolve) => {
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    // A reset after the answer is the server's way to stop reading: what came counts.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(pieces).toString('latin1')));
  });
  return { write: (bytes) => socket.write(bytes), received, socket };
}

/** Sends the bytes and gives what comes back. The request has to make the server close: `Connection: close`, or an error. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  const connection = await openRaw(port);
  connection.write(bytes);
  return connection.received;
}

/** The status of each response in what came. */
export function statusesOf(received: string): readonly number[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}

/** The one response in what came, as a client would see it. */
export function replyOf(received: string): Reply {
  const end = received.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = received.slice(0, end).split('\r\n');
  const fields = lines.map(
    (line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.slice(line.indexOf(':') + 1).trim()] as const,
  );
  const setCookies = fields.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
  const [status = 0] = statusesOf(statusLine);
  return { url: '', status, headers: Object.fromEntries(fields), setCookies, text: received.slice(end + 4) };
}
