/** @module Sockets to a directory server: TCP, TLS, and TLS begun inside a plain connection. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { ServerDown } from './limits.ts';

export interface ServerAddress {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/** A dead peer of an idle connection is found out after about this long. */
const keepAliveMs = 30_000;

/** The URL has been checked by the option's schema. */
export function addressOf(url: string): ServerAddress {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'ldaps:';
  const host = hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost';
  return { url, host, port: port === '' ? (secure ? 636 : 389) : Number(port), secure };
}

/** @throws ServerDown. `opened` is called at once, so that the caller can destroy a socket that does not connect. */
export function openTcp({ url, host, port }: ServerAddress, opened: (socket: Socket) => void): Promise<Socket> {
  const socket = connectTcp({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs });
  opened(socket);
  return settled(socket, 'connect', url);
}

/** Checks the chain and the name of the server (RFC 4513 §3.1.3). @throws ServerDown */
export function secure(socket: Socket, { url, host }: ServerAddress, context: SecureContext): Promise<TLSSocket> {
  // RFC 6066 §3: an address is no server name.
  const name = isIP(host) === 0 ? { servername: host } : {};
  return settled(connectTls({ socket, host, secureContext: context, ...name }), 'secureConnect', url);
}

/** `authorities` in PEM; without it those that Node trusts. */
export function trusting(authorities: string | undefined): SecureContext {
  return createSecureContext({ minVersion: 'TLSv1.2', ...(authorities === undefined ? {} : { ca: authorities }) });
}

function settled<S extends Socket>(socket: S, event: 'connect' | 'secureConnect', url: string): Promise<S> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(new ServerDown(url, error.message, { cause: error }));
    const close = () => reject(new ServerDown(url, 'the connection was closed'));
    socket.once('error', fail);
    socket.once('close', close);
    socket.once(event, () => {
      socket.off('close', close);
      resolve(socket);
    });
  });
}
