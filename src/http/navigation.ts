/** @module Our own pages are for people who go to them: not for scripts of applications on the same host, and not in the clear beside TLS. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatehouseError } from '../spi/errors.ts';

/** Node's own fetch sends a mode as well, but only a browser knows the site that a request comes from. */
function isScripted({ headers }: FastifyRequest): boolean {
  if (headers['sec-fetch-site'] === undefined) return false;
  return headers['sec-fetch-mode'] !== 'navigate' || headers['sec-fetch-dest'] !== 'document';
}

/** A year (RFC 6797 §6.1.1), for this host only. */
const strictTransportSecurity = 'max-age=31536000';

/**
 * Applications behind the gateway share our origin, so that they share the session cookie. A script in one of them could fetch
 * a sign-in page or a SAML response and read it; browsers say what a request is for (Fetch Metadata), and only top-level
 * navigation is let in. A client that says nothing is no browser, and has no cookies to steal with.
 *
 * Where the public URL is an HTTPS one, passwords are taken nowhere else.
 */
export function guardPages(app: FastifyInstance, publicUrl: string): void {
  const { protocol, hostname } = new URL(publicUrl);
  const needsTls = protocol === 'https:';
  app.addHook('onRequest', async (request, reply) => {
    if (isScripted(request)) {
      throw new GatehouseError('ERR_REQUEST_FORGED', 'a page of ours was asked for by a script or a frame');
    }
    if (!needsTls) return undefined;
    if (request.protocol !== 'https') {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        throw new GatehouseError('ERR_REQUEST_FORGED', 'a form of ours was sent in the clear');
      }
      return reply.redirect(`${publicUrl}${request.url}`, 308);
    }
    // A browser would remember it for every port of the developer's own machine.
    if (hostname !== 'localhost') reply.header('strict-transport-security', strictTransportSecurity);
    return undefined;
  });
}
