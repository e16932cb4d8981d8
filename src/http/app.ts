/** @module A Fastify application with the house's limits, headers, form reader and error pages; endpoints mount on it. */
import cookie from '@fastify/cookie';
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import { collectAllowedMethods } from './allowed-methods.ts';
import { type CertificateHeaderReader, readClientCertificates } from './client-certificates.ts';
import { errorPage, publicErrorOf } from './error-response.ts';
import { parseForm } from './form.ts';
import { securityHeaders, sendPage } from './page.ts';
import { stylesheet, stylesheetPath } from './stylesheet.ts';

/** A signed SAML request with a certificate in it is under 16 KiB; this leaves room for long attribute requests in base64. */
export const maxBodyBytes = 256 * 1024;
/** Fastify's own limit on one path parameter; ours are ids of 43 characters and names of applications. */
const maxParameterLength = 256;

/** What the audit trail has to learn of a request that was refused or broke. */
export interface RefusedRequest {
  readonly error: GatehouseError;
  /** The route, such as `/login/:id`: what varies in it may be as good as a key. */
  readonly route: string;
  readonly sourceAddress: string;
}

export interface HttpAppOptions {
  readonly logger: Logger;
  /** Address ranges whose `X-Forwarded-*` fields are believed. */
  readonly trustedProxies: readonly string[];
  /** How a client's certificate is found. Absent: nobody is identified by one. */
  readonly clientCertificates?: CertificateHeaderReader;
  /** Records a refusal and gives the id under which it can be explained. */
  readonly recordRefusal: (refused: RefusedRequest) => Promise<string>;
}

export async function createHttpApp(options: HttpAppOptions): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    return503OnClosing: true,
    // Before any hook: the headers have to be set here too.
    frameworkErrors: (error, request, reply) =>
      answerError(options, asGatehouseError(error), request, reply.headers(securityHeaders)),
    routerOptions: { maxParamLength: maxParameterLength, ignoreDuplicateSlashes: false },
  });
  const allowedMethods = collectAllowedMethods(app);
  if (options.clientCertificates !== undefined) {
    readClientCertificates(app, { trustedProxies: options.trustedProxies, reader: options.clientCertificates });
  }
  await app.register(cookie);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseForm(String(body)));
    } catch (error) {
      done(error instanceof Error ? error : new Error('form reader threw a non-error', { cause: error }));
    }
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    if (fieldCount(request, 'host') > 1) {
      throw new GatehouseError('ERR_REQUEST_MALFORMED', 'more than one Host field');
    }
  });
  app.setErrorHandler((error: unknown, request, reply) =>
    answerError(options, asGatehouseError(error), request, reply),
  );
  app.setNotFoundHandler((request, reply) => {
    const allowed = allowedMethods.of(request.url.split('?', 1)[0] ?? '/');
    if (allowed.length === 0) {
      return answerError(options, new GatehouseError('ERR_NOT_FOUND', 'no route'), request, reply);
    }
    reply.header('allow', allowed.join(', '));
    return answerError(options, new GatehouseError('ERR_METHOD_NOT_ALLOWED', 'no such method'), request, reply);
  });
  app.get(stylesheetPath, (_request, reply) =>
    reply.header('cache-control', 'public, max-age=3600').type('text/css; charset=utf-8').send(stylesheet),
  );
  return app;
}

/** Two readers could pick two values; of some fields RFC 9112 §3.2 wants such a request refused. Node keeps the first. */
function fieldCount(request: FastifyRequest, name: string): number {
  return request.raw.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;
}

/** Fastify's own 4xx errors become ours; a GatehouseError stays; anything else is a bug, answered 500. */
function asGatehouseError(error: unknown): GatehouseError {
  if (error instanceof GatehouseError) return error;
  const status = isFastifyError(error) ? error.statusCode : undefined;
  if (status === 413) return new GatehouseError('ERR_REQUEST_TOO_LARGE', 'body over the limit', { cause: error });
  if (status !== undefined && status >= 400 && status < 500) {
    return new GatehouseError('ERR_REQUEST_MALFORMED', 'refused by the HTTP layer', { cause: error });
  }
  return new GatehouseError('ERR_INTERNAL', 'unexpected error', { cause: error });
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
}

async function answerError(
  options: HttpAppOptions,
  error: GatehouseError,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const known = publicErrorOf(error.code);
  const route = request.routeOptions.url ?? 'unknown';
  const decided = error.facts['decision'];
  const decision =
    typeof decided === 'string' ? decided : await options.recordRefusal({ error, route, sourceAddress: request.ip });
  const facts = { code: error.code, decision, route, ...error.facts };
  if (known.status >= 500) options.logger.error({ ...facts, err: error }, error.message);
  else options.logger.info(facts, error.message);
  if (known.status === 503) reply.header('retry-after', '5');
  return sendPage(reply, known.status, errorPage(known, error.code, decision));
}
