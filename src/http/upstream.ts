/** @module Passing a request on to a server behind us and its answer back, streaming, with limits (@fastify/reply-from). */
import { Readable, Transform } from 'node:stream';
import type {} from '@fastify/reply-from';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatehouseError } from '../spi/errors.ts';
import { securityHeaders } from './page.ts';

/** Lower-case names; a field that came several times is a list or already joined (RFC 9110 §5.3). */
export type HeaderFields = Readonly<Record<string, string | string[] | undefined>>;

export interface UpstreamLimits {
  /** A server on the same host or network answers a SYN at once, or is down. */
  readonly connectTimeoutMs: number;
  /** Until the first line of the answer: as long as JBoss's AJP and Apache's ProxyTimeout wait by default. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of a body: server-sent events keep alive well within it. */
  readonly bodyTimeoutMs: number;
  /** Bodies are never held in memory; the limit only keeps one request from going on for ever. */
  readonly maxBodyBytes: number;
  readonly maxResponseHeaderBytes: number;
  /** To one server. More requests wait for a connection. */
  readonly maxConnections: number;
}

export const upstreamLimits: UpstreamLimits = {
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 60_000,
  bodyTimeoutMs: 300_000,
  maxBodyBytes: 1024 * 1024 * 1024,
  maxResponseHeaderBytes: 32 * 1024,
  maxConnections: 128,
};

export interface UpstreamRequest {
  /** `http://host:port` */
  readonly origin: string;
  /** Encoded, without a query. */
  readonly path: string;
  /** With its `?`, or empty. */
  readonly query: string;
  /** All fields but `host`. */
  readonly headers: HeaderFields;
  readonly responseHeaders: (headers: HeaderFields) => HeaderFields;
}

/** Answers with what the server behind answers; with ERR_UPSTREAM_UNAVAILABLE when it does not. */
export type Forward = (request: FastifyRequest, reply: FastifyReply, upstream: UpstreamRequest) => FastifyReply;

/**
 * Makes `scope` a place for forwarding routes: bodies of any type reach its handlers as unread streams. `scope` must be
 * encapsulated, so that the form reader of the pages stays as it is.
 */
export async function registerUpstream(
  scope: FastifyInstance,
  limits: UpstreamLimits = upstreamLimits,
): Promise<Forward> {
  // Takes a tenth of a second to load: only servers with an application behind them pay for it.
  const { default: replyFrom } = await import('@fastify/reply-from');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  await scope.register(replyFrom, {
    disableRequestLogging: true,
    destroyAgent: true,
    undici: {
      connections: limits.maxConnections,
      pipelining: 1,
      maxHeaderSize: limits.maxResponseHeaderBytes,
      connect: { timeout: limits.connectTimeoutMs },
      headersTimeout: limits.headersTimeoutMs,
      bodyTimeout: limits.bodyTimeoutMs,
    },
  });
  return (request, reply, upstream) => forward(limits, request, reply, upstream);
}

function forward(limits: UpstreamLimits, request: FastifyRequest, reply: FastifyReply, upstream: UpstreamRequest) {
  const body = limitBody(request, reply, limits.maxBodyBytes);
  return reply.from(upstream.path, {
    getUpstream: () => upstream.origin,
    queryString: () => upstream.query.slice(1),
    // The plug-in repeats a GET up to ten times on 503 unless it is told not to.
    retryDelay: ({ err, attempt }) => (attempt === 0 && mayRepeat(request, err) ? repeatAfterMs : null),
    rewriteRequestHeaders: (_request, { host = '' }) => ({ ...upstream.headers, host }),
    rewriteHeaders: (headers) => {
      // Our policy is about our pages: what an application may load and frame is its own affair.
      for (const name of Object.keys(securityHeaders)) reply.removeHeader(name);
      return upstream.responseHeaders(headers);
    },
    onResponse: (_request, _reply, response) => {
      // A status that is none has been answered as an error already.
      if (isStatus(response.statusCode)) reply.send(response.stream);
      else response.stream.destroy();
    },
    onError: (_reply, { error }) => {
      for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name);
      reply.headers(securityHeaders);
      if (!request.raw.complete) reply.header('connection', 'close');
      reply.send(body.exceeded() ? tooLarge(limits.maxBodyBytes) : unavailable(upstream.origin, error));
    },
  });
}

const repeatAfterMs = 1;

/** A kept-alive connection that the server closed as we wrote to it. Only what is safe is asked twice (RFC 9110 §9.2.2). */
function mayRepeat(request: FastifyRequest, error: Error | null): boolean {
  return (request.method === 'GET' || request.method === 'HEAD') && codeOf(error) === 'UND_ERR_SOCKET';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function isStatus(status: number): boolean {
  return status >= 200 && status <= 599;
}

/** Puts a counter before the body. `Content-Length` is believed at once when it announces too much. */
function limitBody(request: FastifyRequest, reply: FastifyReply, maxBodyBytes: number): { exceeded(): boolean } {
  if (!(request.body instanceof Readable)) return { exceeded: () => false };
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
    // Else Node would read on to the end, to use the connection again.
    reply.header('connection', 'close');
    throw tooLarge(maxBodyBytes);
  }
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > maxBodyBytes ? tooLarge(maxBodyBytes) : null, chunk);
    },
  });
  const source = request.body;
  source.on('error', (error) => counter.destroy(error));
  request.body = source.pipe(counter);
  return { exceeded: () => bytes > maxBodyBytes };
}

function tooLarge(maxBodyBytes: number): GatehouseError {
  return new GatehouseError('ERR_REQUEST_TOO_LARGE', 'body over the limit', { facts: { maxBodyBytes } });
}

function unavailable(origin: string, cause: Error): GatehouseError {
  const reason = codeOf(cause.cause) ?? codeOf(cause) ?? 'unknown';
  return new GatehouseError('ERR_UPSTREAM_UNAVAILABLE', 'the application did not answer', {
    cause,
    facts: { upstream: origin, reason },
  });
}
