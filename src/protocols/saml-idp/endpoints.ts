/** @module `/saml/idp/*`: metadata, single sign-on by Redirect and POST, IdP-initiated start, and going on after a login. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AuditTrail } from '../../engine/audit-trail.ts';
import type { PendingLogins } from '../../engine/pending-logins.ts';
import type { SsoSessions } from '../../engine/sso-sessions.ts';
import type { SessionCookie } from '../../http/cookies.ts';
import { type FormFields, requiredField } from '../../http/form.ts';
import { sendPage } from '../../http/page.ts';
import type { Clock, Random } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { SsoEntry } from '../../spi/sso-store.ts';
import { decodePost, decodeRedirect, maxRelayStateBytes } from '../../wire/saml/bindings.ts';
import type { AcceptedRequest, ArrivedRequest, RequestReader } from './accepted-request.ts';
import type { Answers } from './answer.ts';
import { consumerServiceOf, type Partner, type Partners } from './partner.ts';
import { postPage } from './post-page.ts';

export interface SamlIdpOptions {
  readonly domain: string;
  readonly mechanisms: readonly string[];
  readonly partners: Partners;
  readonly readRequest: RequestReader;
  readonly answers: Answers;
  /** The signed metadata document, made when asked for. */
  readonly metadata: () => Promise<string>;
  readonly sessions: SsoSessions;
  readonly sessionCookie: SessionCookie;
  readonly pendingLogins: PendingLogins;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly random: Random;
}

const continuePath = '/saml/idp/continue';
const sessionIndexBytes = 20;

const acceptedRequestSchema = z.object({
  partner: z.string(),
  id: z.string().optional(),
  acsUrl: z.string(),
  relayState: z.string().optional(),
  forceAuthn: z.boolean(),
  isPassive: z.boolean(),
  nameIdFormat: z.string().optional(),
  subject: z.object({ format: z.string().optional(), value: z.string() }).optional(),
  authnContext: z.object({ comparison: z.string(), classRefs: z.array(z.string()) }).optional(),
});

export function mountSamlIdp(app: FastifyInstance, options: SamlIdpOptions): void {
  const { partners, pendingLogins, sessions } = options;

  app.get('/saml/idp/metadata', async (_request, reply) =>
    reply
      .type('application/samlmetadata+xml')
      .header('cache-control', 'public, max-age=300')
      .send(await options.metadata()),
  );

  app.get('/saml/idp/sso', async (request, reply) => {
    const message = decodeRedirect(request.url.slice(request.url.indexOf('?') + 1));
    return arrive(request, reply, { binding: 'HTTP-Redirect', message });
  });

  app.post<{ Body: FormFields | undefined }>('/saml/idp/sso', async (request, reply) => {
    const form = request.body ?? { fields: {}, repeated: [] };
    const relayState = form.repeated.includes('RelayState')
      ? requiredField(form, 'RelayState')
      : form.fields['RelayState'];
    checkRelayState(relayState);
    return arrive(request, reply, {
      binding: 'HTTP-POST',
      xml: decodePost(requiredField(form, 'SAMLRequest')),
      relayState,
    });
  });

  /** IdP-initiated (saml-profiles §4.1.5): an unsolicited answer to the partner's default endpoint. */
  app.get<{ Querystring: Record<string, unknown> }>('/saml/idp/start', async (request, reply) => {
    const { sp, RelayState: relayState } = request.query;
    if (typeof sp !== 'string' || (relayState !== undefined && typeof relayState !== 'string')) {
      throw new GatehouseError('ERR_REQUEST_MALFORMED', 'start needs one sp parameter');
    }
    checkRelayState(relayState);
    const partner = partners.find(sp, options.clock.now());
    const acsUrl = consumerServiceOf(partner, {}).location;
    return answerOrPark(request, reply, {
      partner: partner.entityId,
      acsUrl,
      relayState,
      forceAuthn: false,
      isPassive: false,
    });
  });

  /** After a login, and after a POST whose Lax cookie did not travel: the parked request meets the session that lives now. */
  app.get<{ Querystring: Record<string, unknown> }>(continuePath, async (request, reply) => {
    const id = request.query['pending'];
    if (typeof id !== 'string')
      throw new GatehouseError('ERR_REQUEST_MALFORMED', 'continue needs one pending parameter');
    const pending = await pendingLogins.read(id);
    if (pending === undefined || pending.resumePath !== continuePath) {
      throw new GatehouseError('ERR_LOGIN_EXPIRED', 'no such pending login');
    }
    const accepted = acceptedRequestSchema.parse(JSON.parse(pending.state));
    const session = await liveSession(request, accepted.forceAuthn ? pending.parkedAt : 0);
    if (session === undefined && !accepted.isPassive) return reply.redirect(`/login/${id}`, 303);
    if ((await pendingLogins.claim(id)) === undefined)
      throw new GatehouseError('ERR_LOGIN_CLAIMED', 'this request was already answered');
    return session === undefined ? refuse(reply, accepted, 'NoPassive') : answer(request, reply, accepted, session);
  });

  /** The check of the message comes before everything else; its refusal is audited by the partner that it names. */
  async function arrive(request: FastifyRequest, reply: FastifyReply, arrived: ArrivedRequest): Promise<FastifyReply> {
    const accepted = await options.readRequest(arrived);
    if (arrived.binding === 'HTTP-POST') return park(reply, accepted, continuePath);
    return answerOrPark(request, reply, accepted);
  }

  async function answerOrPark(request: FastifyRequest, reply: FastifyReply, accepted: AcceptedRequest) {
    const session = accepted.forceAuthn ? undefined : await liveSession(request, 0);
    if (session !== undefined) return answer(request, reply, accepted, session);
    return accepted.isPassive ? refuse(reply, accepted, 'NoPassive') : park(reply, accepted, undefined);
  }

  /** `at`: where to go on; without it, to the sign-in page. */
  async function park(reply: FastifyReply, accepted: AcceptedRequest, at: string | undefined) {
    const partner = partners.find(accepted.partner, options.clock.now());
    const id = await pendingLogins.park({
      domain: options.domain,
      mechanisms: options.mechanisms,
      application: partner.displayName,
      resumePath: continuePath,
      state: JSON.stringify(accepted),
      parkedAt: options.clock.now(),
    });
    return reply.redirect(at === undefined ? `/login/${id}` : `${at}?pending=${id}`, 303);
  }

  async function liveSession(request: FastifyRequest, notBefore: number) {
    const id = options.sessionCookie.read(request);
    if (id === undefined) return undefined;
    const entry = await sessions.find(id);
    if (entry === undefined || entry.domain !== options.domain || entry.authenticatedAt < notBefore) return undefined;
    return { id, entry };
  }

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    accepted: AcceptedRequest,
    session: { readonly id: string; readonly entry: SsoEntry },
  ) {
    const partner = partners.find(accepted.partner, options.clock.now());
    const answered = await options.answers.assertion(
      accepted,
      partner,
      session.entry,
      sessionIndexOf(session.entry, partner),
    );
    if (answered.issued !== undefined) {
      const joined = await sessions.join(session.id, {
        kind: 'saml',
        name: partner.entityId,
        joinedAt: options.clock.now(),
        ...answered.issued,
      });
      if (joined === undefined)
        throw new GatehouseError('ERR_LOGIN_EXPIRED', 'the session ended while it was being used');
    }
    await options.audit.record({
      type: 'saml-response-issued',
      outcome: answered.issued === undefined ? 'failure' : 'success',
      reason: answered.status,
      domain: options.domain,
      principal: session.entry.principal,
      application: partner.entityId,
      sourceAddress: request.ip,
      decision: session.entry.decision,
    });
    return sendPage(reply, 200, postPage(answered, partner.displayName));
  }

  async function refuse(reply: FastifyReply, accepted: AcceptedRequest, status: 'NoPassive') {
    const partner = partners.find(accepted.partner, options.clock.now());
    const refused = await options.answers.refusal(accepted, status);
    await options.audit.record({
      type: 'saml-response-issued',
      outcome: 'failure',
      reason: status,
      application: partner.entityId,
    });
    return sendPage(reply, 200, postPage(refused, partner.displayName));
  }

  /** A partner keeps its index for the whole session, so that a later logout names what it knows (saml-core §2.7.2). */
  function sessionIndexOf(entry: SsoEntry, partner: Partner): string {
    const before = entry.participants.find(
      (participant) => participant.kind === 'saml' && participant.name === partner.entityId,
    );
    return before?.sessionIndex ?? `_${Buffer.from(options.random.bytes(sessionIndexBytes)).toString('hex')}`;
  }
}

function checkRelayState(relayState: string | undefined): void {
  if (relayState !== undefined && Buffer.byteLength(relayState) > maxRelayStateBytes) {
    throw new GatehouseError('ERR_REQUEST_TOO_LARGE', 'RelayState over the limit', { facts: { maxRelayStateBytes } });
  }
}
