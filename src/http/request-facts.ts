/** @module What the inner floors may know of an HTTP request. */
import type { FastifyRequest } from 'fastify';
import type { MechanismRequest } from '../spi/http-mechanism.ts';
import { certificateChainOf } from './client-certificates.ts';
import type { FormFields } from './form.ts';

const loopback = /^(127\.|::1$|::ffff:127\.)/;

/** `sourceAddress` is Fastify's `ip`: `X-Forwarded-For` has counted only as far as `trusted-proxies` vouch for it. */
export function mechanismRequestOf(request: FastifyRequest, path: string, form?: FormFields): MechanismRequest {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  const certificateChain = certificateChainOf(request);
  return {
    method: request.method,
    path,
    headers,
    ...(form === undefined ? {} : { form: form.fields, repeatedFields: form.repeated }),
    ...(certificateChain === undefined ? {} : { certificateChain }),
    confidential: request.protocol === 'https',
    sourceAddress: request.ip,
  };
}

/** True when nobody between the client and us can read along: TLS, or a client on this very host. */
export function isProtectedTransport(request: FastifyRequest): boolean {
  return request.protocol === 'https' || loopback.test(request.ip);
}
