/** @module Serves the sample applications: an open page, a page for some roles, sign-in at Gatehouse in between, and sign-out everywhere. */
import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import session from '@fastify/session';
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import type { SampleApp } from './apps.ts';
import { markup } from './markup.ts';
import { createPeople } from './people.ts';
import { createServiceProvider, type IdentityProvider, type OwnKeys } from './service-provider.ts';

declare module 'fastify' {
  interface Session {
    person?: string;
  }
}

/** Enough for any signed response in base64. */
const maxBodyBytes = 256 * 1024;

/** Paths of our own only: a RelayState is whatever somebody sent. */
function ownPath(relayState: unknown): string {
  return typeof relayState === 'string' && /^\/secure\/[A-Za-z0-9._/-]{0,200}$/.test(relayState)
    ? relayState
    : '/secure/hello.html';
}

async function createSampleApp(app: SampleApp, provider: IdentityProvider, keys: OwnKeys): Promise<FastifyInstance> {
  const web = fastify({ bodyLimit: maxBodyBytes, return503OnClosing: true });
  const saml = createServiceProvider(app, provider, keys);
  const people = createPeople(Date.now);
  await web.register(cookie);
  await web.register(session, {
    secret: randomBytes(32).toString('hex'),
    cookieName: 'sample-session',
    cookie: { path: '/', httpOnly: true, sameSite: 'lax', secure: false },
    saveUninitialized: false,
  });
  web.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))));
  });
  const send = (reply: FastifyReply, status: number, title: string, text: string) =>
    reply
      .code(status)
      .header('cache-control', 'no-store')
      .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
      .type('text/html; charset=utf-8')
      .send(
        markup`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title></head><body><h1>${app.title}</h1><p>${text}</p><p><a href="/hello.html">open page</a> · <a href="/secure/hello.html">protected page</a> · <a href="/logout">leave this application</a> · <a href="/saml/logout">sign out everywhere</a></p></body></html>`,
      );

  web.get('/', (_request, reply) => reply.redirect('/hello.html', 303));
  web.get('/hello.html', (_request, reply) => send(reply, 200, app.title, 'This page is open to all.'));
  web.get('/saml/metadata', (_request, reply) =>
    reply.type('application/samlmetadata+xml').send(saml.generateServiceProviderMetadata(null, keys.certificatePem)),
  );
  web.get('/secure/*', async (request, reply) => {
    const user = people.find(request.session.person);
    if (user === undefined) {
      return reply.redirect(await saml.getAuthorizeUrlAsync(ownPath(request.url.split('?', 1)[0]), undefined, {}), 303);
    }
    if (!user.roles.some((role) => app.roles.includes(role))) {
      return send(
        reply,
        403,
        'Forbidden',
        `${user.name} has no role that may enter (roles: ${user.roles.join(', ') || 'none'}).`,
      );
    }
    return send(reply, 200, app.title, `Hello ${user.name}. Your roles: ${user.roles.join(', ')}.`);
  });
  web.post<{ Body: Record<string, string> }>('/saml/acs', async (request, reply) => {
    const { profile } = await saml.validatePostResponseAsync(request.body).catch((cause: unknown) => {
      request.log.warn(cause);
      return { profile: null };
    });
    if (profile === null) return send(reply, 403, 'Refused', 'The answer of the identity provider was not accepted.');
    await request.session.regenerate();
    request.session.person = people.begin(profile);
    return reply.redirect(ownPath(request.body['RelayState']), 303);
  });
  web.get('/saml/logout', async (request, reply) => {
    const user = people.find(request.session.person);
    if (user === undefined) return send(reply, 200, app.title, 'Nobody is signed in here.');
    people.end(user.profile);
    return reply.redirect(await saml.getLogoutUrlAsync(user.profile, '', {}), 303);
  });
  // Both what the identity provider asks and what it answers. The cookie does not come with a POST from elsewhere.
  web.post<{ Body: Record<string, string> }>('/saml/slo', async (request, reply) => {
    const { SAMLRequest = '', SAMLResponse = '', RelayState = '' } = request.body;
    const asked = SAMLRequest !== '';
    const message = asked
      ? saml.validatePostRequestAsync({ SAMLRequest })
      : saml.validatePostResponseAsync({ SAMLResponse });
    const { profile, loggedOut } = await message.catch((cause: unknown) => {
      request.log.warn(cause);
      return { profile: null, loggedOut: false };
    });
    if (!loggedOut) return send(reply, 403, 'Refused', 'The message of the identity provider was not accepted.');
    if (!asked || profile === null) return send(reply, 200, app.title, 'You are signed out here and everywhere.');
    people.end(profile);
    return reply.redirect(await saml.getLogoutResponseUrlAsync(profile, RelayState, {}, true), 303);
  });
  web.get('/logout', async (request, reply) => {
    await request.session.destroy();
    return send(
      reply,
      200,
      app.title,
      'This application has forgotten you. Your sign-in at the identity provider may still live.',
    );
  });
  return web;
}

/** The applications, listening on loopback. `close` lets requests that are under way finish. */
export async function startSamples(
  apps: readonly SampleApp[],
  provider: IdentityProvider,
  keys: OwnKeys,
): Promise<{ close(): Promise<void> }> {
  const started: FastifyInstance[] = [];
  const close = async () => {
    await Promise.all(started.map((web) => web.close()));
  };
  try {
    for (const app of apps) {
      const web = await createSampleApp(app, provider, keys);
      started.push(web);
      await web.listen({ host: '127.0.0.1', port: app.port });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}
