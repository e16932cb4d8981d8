/** @module Single sign-on of one accepted request: answered from the live session, refused, or parked until there is one. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditTrail } from '../../engine/audit-trail.ts';
import type { SsoSessions } from '../../engine/sso-sessions.ts';
import { sendBrowserMessage, sendBrowserMessageAfterForm } from '../../http/browser-message.ts';
import type { LiveSession, LiveSessions } from '../../http/live-session.ts';
import { type Parked, type Parking, resumeLocation, signInPath } from '../../http/parking.ts';
import { isProtectedTransport } from '../../http/request-facts.ts';
import type { RequestUse } from '../../saml/request-use.ts';
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { Factor } from '../../spi/factors.ts';
import { type AcceptedRequest, parseAccepted } from './accepted-request.ts';
import type { Answer, Answers } from './answer.ts';
import type { AuthnContexts } from './authn-context.ts';
import type { Carrier } from './carrier.ts';
import type { NameIdSource } from './name-id.ts';
import type { Partner } from './partner.ts';
import type { Partners } from './partners.ts';
import { byResponder, type Refusal } from './refusals.ts';

export const continuePath = '/saml/idp/continue';

export interface SignOnOptions {
  readonly domain: string;
  /** The name of the mechanism stack at which people prove who they are. */
  readonly entrance: string;
  readonly partners: Partners;
  readonly answers: Answers;
  readonly carry: Carrier;
  readonly nameIds: NameIdSource;
  readonly authnContexts: AuthnContexts;
  /** What a login here can prove at all. */
  readonly provable: readonly Factor[];
  readonly requestUse: RequestUse;
  readonly sessions: SsoSessions;
  readonly liveSession: LiveSessions;
  readonly parking: Parking;
  readonly audit: AuditTrail;
  readonly clock: Clock;
}

export interface SignOn {
  /** From a request whose cookies travelled. */
  begin(request: FastifyRequest, reply: FastifyReply, accepted: AcceptedRequest): Promise<FastifyReply>;
  /** From a cross-site POST, whose Lax cookies did not travel: parked, and gone on with by a redirect, on which they do. */
  beginByRedirect(reply: FastifyReply, accepted: AcceptedRequest): Promise<FastifyReply>;
  /** The parked request meets the session that lives now. */
  resume(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
}

export function createSignOn(options: SignOnOptions): SignOn {
  const { answers, clock, domain, liveSession, parking, partners, sessions } = options;

  async function parked(accepted: AcceptedRequest, confidential: boolean): Promise<Parked> {
    const factors = options.authnContexts.factorsFor(accepted.authnContext, options.provable, confidential) ?? [];
    return {
      domain,
      ...(factors.length === 0 ? {} : { factors }),
      entrance: options.entrance,
      application: (await partners.find(accepted.partner, clock.now())).displayName,
      resumePath: continuePath,
      state: JSON.stringify(accepted),
    };
  }

  async function send(
    request: FastifyRequest,
    reply: FastifyReply,
    partner: Partner,
    answer: Answer,
    by?: LiveSession,
  ) {
    const message = await options.carry(answer, partner);
    await options.audit.record({
      type: 'saml-response-issued',
      outcome: answer.issued === undefined ? 'failure' : 'success',
      reason: answer.status,
      domain,
      application: partner.entityId,
      sourceAddress: request.ip,
      ...(by === undefined ? {} : { principal: by.entry.principal, decision: by.entry.decision }),
    });
    const isResumed = request.routeOptions.url === continuePath;
    return (isResumed ? sendBrowserMessageAfterForm : sendBrowserMessage)(reply, message, partner.displayName);
  }

  async function refuse(request: FastifyRequest, reply: FastifyReply, accepted: AcceptedRequest, refusal: Refusal) {
    const partner = await partners.find(accepted.partner, clock.now());
    return send(request, reply, partner, await answers.refusal(accepted, partner, refusal));
  }

  function canBeMet({ authnContext }: Pick<AcceptedRequest, 'authnContext'>, request: FastifyRequest): boolean {
    const confidential = isProtectedTransport(request);
    return options.authnContexts.factorsFor(authnContext, options.provable, confidential) !== undefined;
  }

  /** The session is not enough, and one that begins now could be. */
  function wantsStepUp(request: FastifyRequest, { authnContext }: AcceptedRequest, { entry }: LiveSession): boolean {
    return options.authnContexts.classFor(authnContext, entry) === undefined && canBeMet({ authnContext }, request);
  }

  /** Whom nobody is to ask for anything (saml-core §3.4.1), and what nobody could show. */
  function refusalBeforeSignIn(request: FastifyRequest, accepted: AcceptedRequest): Refusal | undefined {
    if (!canBeMet(accepted, request)) return byResponder('NoAuthnContext');
    return accepted.isPassive ? byResponder('NoPassive') : undefined;
  }

  /** The partner joins before anything is sent: a session that has ended meanwhile vouches for nobody. */
  async function answer(request: FastifyRequest, reply: FastifyReply, accepted: AcceptedRequest, session: LiveSession) {
    const partner = await partners.find(accepted.partner, clock.now());
    await options.requestUse.use(accepted);
    const sessionIndex = options.nameIds.sessionIndexFor(session.id, partner.entityId);
    const made = await answers.assertion(accepted, partner, session.entry, sessionIndex);
    if (made.issued !== undefined) {
      const given = { ...made.issued, sessionIndex };
      const participant = { kind: 'saml', name: partner.entityId, joinedAt: clock.now(), ...given } as const;
      if ((await sessions.join(session.id, participant)) === undefined) {
        throw new GatehouseError('ERR_LOGIN_EXPIRED', 'the session ended while it was being used');
      }
    }
    return send(request, reply, partner, made, session);
  }

  return {
    async begin(request, reply, accepted) {
      if (accepted.refusal !== undefined) return refuse(request, reply, accepted, accepted.refusal);
      const session = accepted.forceAuthn ? undefined : await liveSession(request, { domain });
      if (session !== undefined && !wantsStepUp(request, accepted, session)) {
        return answer(request, reply, accepted, session);
      }
      const refusal = refusalBeforeSignIn(request, accepted);
      if (refusal !== undefined) return refuse(request, reply, accepted, refusal);
      const wanted = session === undefined ? accepted : anew(accepted);
      const waiting = await parking.park({ request, reply }, await parked(wanted, isProtectedTransport(request)));
      return reply.redirect(signInPath(waiting), 303);
    },
    async beginByRedirect(reply, accepted) {
      const confidential = isProtectedTransport(reply.request);
      return reply.redirect(resumeLocation(await parking.parkUnbound(await parked(accepted, confidential))), 303);
    },
    async resume(request, reply) {
      const resumed = await parking.resumed(request, continuePath);
      const accepted = parseAccepted(resumed.pending.state);
      const { parkedAt } = resumed.pending;
      if (accepted.refusal !== undefined) return refuse(request, reply, accepted, accepted.refusal);
      const session = await liveSession(request, { domain, notBefore: accepted.forceAuthn ? parkedAt : 0 });
      if (session === undefined) {
        const refusal = refusalBeforeSignIn(request, accepted);
        if (refusal !== undefined) return refuse(request, reply, accepted, refusal);
        return reply.redirect(signInPath(await parking.bind({ request, reply }, resumed)), 303);
      }
      // A session that began for this very request has shown what it can: asking again would go round in a circle.
      const isOlder = session.entry.authenticatedAt < Math.floor(parkedAt);
      if (isOlder && wantsStepUp(request, accepted, session)) {
        if (accepted.isPassive) return refuse(request, reply, accepted, byResponder('NoPassive'));
        const wanted = await parked(anew(accepted), isProtectedTransport(request));
        return reply.redirect(signInPath(await parking.park({ request, reply }, wanted)), 303);
      }
      await parking.claim(resumed);
      return answer(request, reply, accepted, session);
    },
  };
}

/** Whoever is to show more than before signs in again: from then on it is like ForceAuthn. */
function anew(accepted: AcceptedRequest): AcceptedRequest {
  return { ...accepted, forceAuthn: true };
}
