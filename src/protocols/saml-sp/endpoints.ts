/** @module `/saml/sp/:app/*`: metadata, sign-in, the assertion consumer service by POST and Artifact, and going on in the browser that asked. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type FormFields, parseForm, requiredField } from '../../http/form.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { decodePost, decodeRedirect } from '../../wire/saml/bindings.ts';
import { messageLimits } from '../../wire/xml/limits.ts';
import type { ArtifactResolver } from './artifact-resolver.ts';
import type { Completion } from './completion.ts';
import type { KeptAnswers } from './kept-answer.ts';
import { refusal } from './refusals.ts';
import type { ResponseAcceptance } from './response-acceptance.ts';
import { continuePath, type ServiceProvider } from './service-provider.ts';
import type { SignIn } from './sign-in.ts';

export interface SamlSpOptions {
  /** By the name of the application. */
  readonly serviceProviders: ReadonlyMap<string, ServiceProvider>;
  readonly signIn: SignIn;
  readonly accept: ResponseAcceptance;
  readonly resolve: ArtifactResolver;
  readonly keptAnswers: KeptAnswers;
  readonly complete: Completion;
}

interface AppRoute {
  Params: { app: string };
  Body: FormFields | undefined;
}

/** Base64 of the largest message, percent-encoded at worst, with its RelayState. */
const maxPostBytes = 4 * messageLimits.maxBytes;

export function mountSamlSp(app: FastifyInstance, options: SamlSpOptions): void {
  const spOf = (request: FastifyRequest<AppRoute>): ServiceProvider => {
    const sp = options.serviceProviders.get(request.params.app);
    if (sp === undefined) throw new GatehouseError('ERR_NOT_FOUND', 'no application of this name signs in by SAML');
    return sp;
  };

  /** The browser has brought no cookies with a post from elsewhere: who asked is found out when it comes back. */
  async function take(reply: FastifyReply, sp: ServiceProvider, xml: string): Promise<FastifyReply> {
    const { provider, ...accepted } = await options.accept(xml, sp);
    const { forceAuthn } = provider.settings;
    const id = await options.keptAnswers.keep({ ...accepted, application: sp.application, forceAuthn });
    return reply.header('cache-control', 'no-store').redirect(`${continuePath(sp.application)}?answer=${id}`, 303);
  }

  /** RelayState is passed over: what a browser brings back says nothing about where it may go. */
  async function takeFields(reply: FastifyReply, sp: ServiceProvider, form: FormFields): Promise<FastifyReply> {
    const hasArtifact = form.repeated.includes('SAMLart') || 'SAMLart' in form.fields;
    if (!hasArtifact) return take(reply, sp, decodePost(requiredField(form, 'SAMLResponse')));
    if ('SAMLResponse' in form.fields || form.repeated.includes('SAMLResponse')) {
      throw new GatehouseError('ERR_REQUEST_MALFORMED', 'a response and an artifact at once');
    }
    if (sp.responseBinding !== 'HTTP-Artifact') {
      throw new GatehouseError('ERR_SAML_UNSUPPORTED', 'the application takes no artifacts');
    }
    return take(reply, sp, await options.resolve(requiredField(form, 'SAMLart'), sp));
  }

  app.get<AppRoute>('/saml/sp/:app/metadata', async (request, reply) =>
    reply
      .type('application/samlmetadata+xml')
      .header('cache-control', 'public, max-age=300')
      .send(await spOf(request).metadata()),
  );

  app.get<AppRoute>('/saml/sp/:app/login', async (request, reply) => options.signIn(request, reply, spOf(request)));

  app.post<AppRoute>('/saml/sp/:app/acs', { bodyLimit: maxPostBytes }, async (request, reply) =>
    takeFields(reply, spOf(request), request.body ?? { fields: {}, repeated: [] }),
  );

  app.get<AppRoute>('/saml/sp/:app/acs', async (request, reply) => {
    const sp = spOf(request);
    const query = request.url.split('?', 2)[1] ?? '';
    const form = parseForm(query);
    if ('SAMLart' in form.fields || form.repeated.includes('SAMLart')) return takeFields(reply, sp, form);
    if (decodeRedirect(query).parameter === 'SAMLResponse') {
      throw refusal('binding', 'A response was sent by HTTP-Redirect');
    }
    throw new GatehouseError('ERR_SAML_MALFORMED', 'a request was sent to where responses are read');
  });

  app.get<AppRoute>('/saml/sp/:app/continue', async (request, reply) =>
    options.complete(request, reply, spOf(request)),
  );
}
