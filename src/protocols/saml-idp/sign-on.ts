/** @module Single sign-on of one accepted request: answered from the live session, refused, or parked until there is one. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditTrail } from '../../engine/audit-trail.ts';
import type { SsoSessions } from '../../engine/sso-sessions.ts';
import type { LiveSession, LiveSessions } from '../../http/live-session.ts';
import { sendPage } from '../../http/page.ts';
import { type Parked, type Parking, resumeLocation, signInPath } from '../../http/parking.ts';
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { type AcceptedRequest, parseAccepted } from './accepted-request.ts';
import type { Answer, Answers } from './answer.ts';
import type { NameIdSource } from './name-id.ts';
import type { Partners } from './partners.ts';
import { postPage } from './post-page.ts';
import type { RequestUse } from './request-use.ts';

export const continuePath = '/saml/idp/continue';

export interface SignOnOptions {
  readonly domain: string;
  /** The name of the mechanism stack at which people prove who they are. */
  readonly entrance: string;
  readonly partners: Partners;
  readonly answers: Answers;
  readonly nameIds: NameIdSource;
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

  async function parked(accepted: AcceptedRequest): Promise<Parked> {
    return {
      domain,
      entrance: options.entrance,
      application: (await partners.find(accepted.partner, clock.now())).displayName,
      resumePath: continuePath,
      state: JSON.stringify(accepted),
    };
  }

  async function send(
    request: FastifyRequest,
    reply: FastifyReply,
    accepted: AcceptedRequest,
    answer: Answer,
    by?: LiveSession,
  ) {
    await options.audit.record({
      type: 'saml-response-issued',
      outcome: answer.issued === undefined ? 'failure' : 'success',
      reason: answer.status,
      domain,
      application: accepted.partner,
      sourceAddress: request.ip,
      ...(by === undefined ? {} : { principal: by.entry.principal, decision: by.entry.decision }),
    });
    const { displayName } = await partners.find(accepted.partner, clock.now());
    return sendPage(reply, 200, postPage(answer, displayName));
  }

  async function refuse(request: FastifyRequest, reply: FastifyReply, accepted: AcceptedRequest) {
    return send(request, reply, accepted, await answers.refusal(accepted, 'NoPassive'));
  }

  /** The partner joins before anything is sent: a session that has ended meanwhile vouches for nobody. */
  async function answer(request: FastifyRequest, reply: FastifyReply, accepted: AcceptedRequest, session: LiveSession) {
    const partner = await partners.find(accepted.partner, clock.now());
    await options.requestUse.use(accepted);
    const sessionIndex = options.nameIds.sessionIndexFor(session.id, partner.entityId);
    const made = await answers.assertion(accepted, partner, session.entry, sessionIndex);
    if (made.issued !== undefined) {
      const participant = { kind: 'saml', name: partner.entityId, joinedAt: clock.now(), ...made.issued } as const;
      if ((await sessions.join(session.id, participant)) === undefined) {
        throw new GatehouseError('ERR_LOGIN_EXPIRED', 'the session ended while it was being used');
      }
    }
    return send(request, reply, accepted, made, session);
  }

  return {
    async begin(request, reply, accepted) {
      const session = accepted.forceAuthn ? undefined : await liveSession(request, { domain });
      if (session !== undefined) return answer(request, reply, accepted, session);
      if (accepted.isPassive) return refuse(request, reply, accepted);
      return reply.redirect(signInPath(await parking.park({ request, reply }, await parked(accepted))), 303);
    },
    async beginByRedirect(reply, accepted) {
      return reply.redirect(resumeLocation(await parking.parkUnbound(await parked(accepted))), 303);
    },
    async resume(request, reply) {
      const resumed = await parking.resumed(request, continuePath);
      const accepted = parseAccepted(resumed.pending.state);
      const notBefore = accepted.forceAuthn ? resumed.pending.parkedAt : 0;
      const session = await liveSession(request, { domain, notBefore });
      if (session === undefined && !accepted.isPassive) {
        return reply.redirect(signInPath(await parking.bind({ request, reply }, resumed)), 303);
      }
      if (session !== undefined) await parking.claim(resumed);
      return session === undefined ? refuse(request, reply, accepted) : answer(request, reply, accepted, session);
    },
  };
}
