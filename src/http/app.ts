/** @module A Fastify application with the house's limits, headers, form reader and error pages; endpoints mount on it. */
import cookie from '@fastify/cookie';
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import { GatehouseError } from '../spi/errors.ts';
import { collectAllowedMethods } from './allowed-methods.ts';
import { answerError } from './answer-error.ts';
import { type CertificateHeaderReader, readClientCertificates } from './client-certificates.ts';
import { parseForm } from './form.ts';
import { securityHeaders } from './page.ts';
import type { RefusalRecorder } from './refusal.ts';
import { stylesheet, stylesheetPath } from './stylesheet.ts';

/** A signed SAML request with a certificate in it is under 16 KiB; this leaves room for long attribute requests in base64. */
export const maxBodyBytes = 256 * 1024;
/** Fastify's own limit on one path parameter: a parked login travels in one (`maxParkedCharacters` of the engine). */
const maxParameterLength = 6_144;

/** Bodies are checked by zod. Without these Fastify loads its JSON Schema compilers, a hundred modules, at every start. */
const noSchemas = { buildValidator: () => refuseSchema, buildSerializer: () => refuseSchema };

function refuseSchema(): never {
  throw new Error('a route has a JSON Schema: nothing here compiles one');
}

export interface HttpAppOptions extends RefusalRecorder {
  /** Address ranges whose `X-Forwarded-*` fields are believed. */
  readonly trustedProxies: readonly string[];
  /** How a client's certificate is found. Absent: nobody is identified by one. */
  readonly clientCertificates?: CertificateHeaderReader;
}

export async function createHttpApp(options: HttpAppOptions): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    return503OnClosing: true,
    schemaController: { compilersFactory: noSchemas },
    // Before any hook: the headers have to be set here too.
    // Fastify does not wait for this one: what it rejects with would end the process.
    frameworkErrors: (error, request, reply) => {
      answerError(options, error, request, reply.headers(securityHeaders)).catch((fault: unknown) => {
        options.logger.error({ err: fault }, 'an error page could not be sent');
        reply.raw.destroy();
      });
    },
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
    checkHost(request);
  });
  app.setErrorHandler((error: unknown, request, reply) => answerError(options, error, request, reply));
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

/** RFC 9112 §3.2. Node keeps the first of two, another reader could keep the second. */
function checkHost(request: FastifyRequest): void {
  const { httpVersion, rawHeaders } = request.raw;
  const hosts = rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length;
  if (hosts > 1 || (request.headers.host === undefined && httpVersion !== '1.0')) {
    throw new GatehouseError('ERR_REQUEST_MALFORMED', 'a request must have one Host field');
  }
}
