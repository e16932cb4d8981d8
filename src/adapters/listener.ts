/** @module Listening sockets for HTTP and HTTPS around one request handler, with limits on slow clients and a drain that ends. */
import { constants } from 'node:crypto';
import type { RequestListener, Server, ServerOptions, ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions as HttpsOptions } from 'node:https';
import { type AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { GatehouseError } from '../spi/errors.ts';
import { createServer as createHttpServer } from './node-http.ts';

/** A SAMLRequest by Redirect is the longest header that we want; Node's own default is 16 KiB too. */
const maxHeaderBytes = 16 * 1024;
/** A ticket with the largest PAC of Active Directory in base64, and the other fields beside it. */
export const maxTicketHeaderBytes = 128 * 1024;
/** The whole head within this time, or the connection goes (slow-loris). */
const headersTimeoutMs = 10_000;
/** How often that is looked at: Node's own half minute would triple it. */
const checkConnectionsMs = 2_000;
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

/**
 * The whole answer, status line included, to bytes that are no request; the connection is closed after it.
 * `fault` is Node's code, such as `HPE_HEADER_OVERFLOW`.
 */
export type AnswerUnreadable = (fault: string, sourceAddress: string) => Promise<string>;

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly handler: RequestListener;
  readonly answerUnreadable: AnswerUnreadable;
  /** Of the whole head of a request; what other servers take where it is left out. */
  readonly maxHeaderBytes?: number | undefined;
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

/** @throws ERR_LISTEN when the address cannot be bound. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const limits: ServerOptions = {
    maxHeaderSize: options.maxHeaderBytes ?? maxHeaderBytes,
    headersTimeout: headersTimeoutMs,
    connectionsCheckingInterval: checkConnectionsMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    // Node would answer by itself, and nobody would record it: the handler has to look.
    requireHostHeader: false,
  };
  const { tls, clientCertificates } = options;
  const asking = clientCertificates === undefined ? {} : askForCertificates(clientCertificates);
  const secure = (pair: HttpsOptions): HttpsOptions => ({ ...pair, ...asking, minVersion: 'TLSv1.2' });
  const secureServer =
    tls === undefined ? undefined : createHttpsServer({ ...limits, ...secure(tls) }, options.handler);
  if (clientCertificates?.required === true) secureServer?.on('secureConnection', closeWithoutCertificate);
  const server: Server = secureServer ?? createHttpServer(limits, options.handler);
  const underWay = trackResponses(server);
  answerClientErrors(server, underWay, options.answerUnreadable);
  const { address, port } = await listen(server, options);
  return {
    address,
    port,
    secure: secureServer !== undefined,
    replaceTls(next) {
      secureServer?.setSecureContext(secure(next));
    },
    close: (graceMs) => drain(server, underWay, graceMs),
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
        new GatehouseError('ERR_LISTEN', 'an address cannot be listened on', {
          cause,
          facts: { host: options.host, port: options.port, problem: problemOf(cause) },
        }),
      );
    server.once('error', refuse);
    server.listen({ host: options.host, port: options.port }, () => {
      server.off('error', refuse);
      resolve(addressOf(server.address()));
    });
  });
}

function problemOf(cause: Error): string {
  const code = 'code' in cause ? String(cause.code) : cause.message;
  if (code === 'EADDRINUSE')
    return 'another program listens there; take other ports in gatehouse.yaml, or --port-offset';
  if (code === 'EACCES') return 'this user may not listen there (ports below 1024 are for root)';
  return code === 'EADDRNOTAVAIL' ? 'this machine does not have the address' : code;
}

function addressOf(bound: AddressInfo | string | null): { address: string; port: number } {
  if (bound === null || typeof bound === 'string') throw new TypeError('a listening server has an address');
  return { address: bound.address, port: bound.port };
}

function trackResponses(server: Server): ReadonlySet<ServerResponse> {
  const underWay = new Set<ServerResponse>();
  server.prependListener('request', (_request, response) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    if (!server.listening) response.shouldKeepAlive = false;
  });
  return underWay;
}

/** Node reports each further piece of the same rubbish: only the first is answered. */
function answerClientErrors(server: Server, underWay: ReadonlySet<ServerResponse>, answer: AnswerUnreadable): void {
  const answered = new WeakSet<Duplex>();
  const isMidAnswer = (socket: Duplex) =>
    [...underWay].some((response) => response.socket === socket && response.headersSent);

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (answered.has(socket)) return;
    answered.add(socket);
    const sourceAddress = socket instanceof Socket ? (socket.remoteAddress ?? '') : '';
    // The client has gone, or half an answer is out: a second one would be read as its rest.
    if (!socket.writable || error.code === 'ECONNRESET' || isMidAnswer(socket)) {
      socket.destroy();
      return;
    }
    answer(error.code ?? '', sourceAddress).then(
      (text) => (isMidAnswer(socket) ? socket.destroy() : socket.end(text, () => socket.destroy())),
      // What cannot be recorded is not answered.
      () => socket.destroy(),
    );
  });
}

function drain(server: Server, underWay: ReadonlySet<ServerResponse>, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
    // A connection that is kept alive after its last answer would hold the drain up for the whole grace.
    for (const response of underWay) response.shouldKeepAlive = false;
  });
}
