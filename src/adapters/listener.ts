/** @module Listening sockets for HTTP and HTTPS around one request handler, with limits on slow clients and a drain that ends. */
import { constants } from 'node:crypto';
import { createServer as createHttpServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions as HttpsOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { GatehouseError } from '../spi/errors.ts';

/** A SAMLRequest by Redirect is the longest header that we want; Node's own default is 16 KiB too. */
const maxHeaderBytes = 16 * 1024;
/** The whole head within this time, or the connection goes (slow-loris). */
const headersTimeoutMs = 10_000;
/** The whole request, body included. */
const requestTimeoutMs = 30_000;
const keepAliveTimeoutMs = 15_000;

export interface Listener {
  readonly address: string;
  /** The port that is really bound: 0 in the configuration means any. */
  readonly port: number;
  readonly secure: boolean;
  /** New certificates for new connections; only on a listener that is secure. */
  replaceTls(tls: HttpsOptions): void;
  /** Takes no new connection, lets requests under way finish, and cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly handler: RequestListener;
  readonly tls?: HttpsOptions | undefined;
  /** Only with `tls`. */
  readonly clientCertificates?: ClientCertificates | undefined;
}

export interface ClientCertificates {
  /** A connection without any certificate is closed. Whether one is believed is decided elsewhere, and later. */
  readonly required: boolean;
  /** PEM: certificates with the names of those whose certificates clients are asked for. Empty: anybody's. */
  readonly authorities: readonly string[];
}

/** @throws ERR_CONFIG_INVALID when the address cannot be bound. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const limits: ServerOptions = {
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
  };
  const { tls, clientCertificates } = options;
  const asking = clientCertificates === undefined ? {} : askForCertificates(clientCertificates);
  const secure = (pair: HttpsOptions): HttpsOptions => ({ ...pair, ...asking, minVersion: 'TLSv1.2' });
  const secureServer =
    tls === undefined ? undefined : createHttpsServer({ ...limits, ...secure(tls) }, options.handler);
  if (clientCertificates?.required === true) secureServer?.on('secureConnection', closeWithoutCertificate);
  const server: Server = secureServer ?? createHttpServer(limits, options.handler);
  const { address, port } = await listen(server, options);
  return {
    address,
    port,
    secure: secureServer !== undefined,
    replaceTls(next) {
      secureServer?.setSecureContext(secure(next));
    },
    close: (graceMs) => drain(server, graceMs),
  };
}

function askForCertificates({ authorities }: ClientCertificates): HttpsOptions {
  return {
    requestCert: true,
    // The truststore decides at the login: OpenSSL's own verdict knows neither its revocation nor its entries.
    rejectUnauthorized: false,
    ca: [...authorities],
    // A resumed session has lost the intermediates that the client showed in the first handshake.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

function closeWithoutCertificate(socket: TLSSocket): void {
  if (Object.keys(socket.getPeerCertificate()).length === 0) socket.destroy();
}

function listen(server: Server, options: ListenerOptions): Promise<{ address: string; port: number }> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: Error) =>
      reject(
        new GatehouseError(
          'ERR_CONFIG_INVALID',
          `cannot listen on ${options.host} port ${options.port}: ${cause.message}`,
          {
            cause,
            facts: { host: options.host, port: options.port },
          },
        ),
      );
    server.once('error', refuse);
    server.listen({ host: options.host, port: options.port }, () => {
      server.off('error', refuse);
      resolve(addressOf(server.address()));
    });
  });
}

function addressOf(bound: AddressInfo | string | null): { address: string; port: number } {
  if (bound === null || typeof bound === 'string')
    throw new GatehouseError('ERR_CONFIG_INVALID', 'the listener has no address');
  return { address: bound.address, port: bound.port };
}

function drain(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
