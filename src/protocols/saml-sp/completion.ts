/** @module `/saml/sp/:app/continue`: a verified answer meets the browser that asked for it; the domain decides, and a session begins. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MechanismAnswer, MechanismStack } from '../../engine/mechanism-stack.ts';
import { parseForm, requiredField } from '../../http/form.ts';
import type { LiveSessions } from '../../http/live-session.ts';
import { sendPage } from '../../http/page.ts';
import { type ParkedLogin, resumeLocation } from '../../http/parking.ts';
import { mechanismRequestOf } from '../../http/request-facts.ts';
import { type SessionStartOptions, startSession } from '../../http/session-start.ts';
import type { WaitingCookie } from '../../http/waiting-cookie.ts';
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { Participant } from '../../spi/sso-store.ts';
import { nameIdFormats } from '../../wire/saml/constants.ts';
import type { KeptAnswer, KeptAnswers } from './kept-answer.ts';
import { refusal } from './refusals.ts';
import { deniedPage } from './refused-page.ts';
import type { ServiceProvider } from './service-provider.ts';
import { type FrontPage, parkFrontPage } from './sign-in.ts';

export interface CompletionOptions extends SessionStartOptions, FrontPage {
  readonly keptAnswers: KeptAnswers;
  readonly waiting: WaitingCookie;
  readonly entrances: ReadonlyMap<string, MechanismStack>;
  readonly liveSession: LiveSessions;
  readonly clock: Clock;
  readonly clockSkewMs: number;
}

export type Completion = (request: FastifyRequest, reply: FastifyReply, sp: ServiceProvider) => Promise<FastifyReply>;

/** The name of the mechanism whose evidence this is. */
const mechanismName = 'SAML';

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export function createCompletion(options: CompletionOptions): Completion {
  const { clock, parking, waiting } = options;

  /** The login that this very browser began; for an answer that nobody asked for, a new one to the front page. */
  async function parkedFor(on: Exchange, sp: ServiceProvider, answer: KeptAnswer): Promise<ParkedLogin> {
    const facts = { partner: answer.evidence.identityProvider };
    if (answer.request === undefined) return parkFrontPage(parking, on, sp, options);
    const id = waiting.find(on.request, answer.request);
    if (id === undefined) throw refusal('browser', 'This browser has not asked for this sign-in', facts);
    waiting.forget(on.request, on.reply, answer.request);
    const parked = await parking.read(on.request, id);
    if (parked.pending.entrance !== sp.entrance || parked.pending.domain !== sp.domain) {
      throw new GatehouseError('ERR_LOGIN_EXPIRED', 'parked for another application');
    }
    if (answer.forceAuthn && answer.evidence.authnInstant < parked.pending.parkedAt - options.clockSkewMs) {
      throw refusal('authn-instant', 'The person did not prove anew who he is', facts);
    }
    return parked;
  }

  /**
   * Of several tabs that went to the identity provider one has signed in meanwhile, and the key of the browser is a new one since then:
   * the others find their session. Nothing is begun, and nobody is led anywhere but to the front page.
   */
  async function orSignedInAlready(on: Exchange, sp: ServiceProvider, find: () => Promise<ParkedLogin>) {
    try {
      return await find();
    } catch (error) {
      const isOver = error instanceof GatehouseError && error.code === 'ERR_REQUEST_FORGED';
      if (!isOver || (await options.liveSession(on.request, { domain: sp.domain })) === undefined) throw error;
      return undefined;
    }
  }

  async function decide(on: Exchange, sp: ServiceProvider, { evidence }: KeptAnswer): Promise<MechanismAnswer> {
    const entrance = options.entrances.get(sp.entrance);
    if (entrance === undefined || entrance.domain !== sp.domain) {
      throw new GatehouseError('ERR_LOGIN_EXPIRED', 'parked for an entrance that is gone');
    }
    const { headers, ...facts } = mechanismRequestOf(on.request, on.request.url);
    // Whatever else this request shows, the person came to be who the identity provider says.
    const { authorization: _, ...others } = headers;
    const run = entrance.begin({ ...facts, headers: others }, { mechanism: mechanismName, evidence });
    return run.authenticate(() => ({ sourceAddress: on.request.ip, application: sp.application }));
  }

  return async (request, reply, sp) => {
    const on = { request, reply };
    const query = parseForm(request.url.split('?', 2)[1] ?? '');
    const answer = await options.keptAnswers.take(requiredField(query, 'answer'));
    if (answer === undefined || answer.application !== sp.application) {
      throw new GatehouseError('ERR_LOGIN_EXPIRED', 'no answer waits under this id');
    }
    const parked = await orSignedInAlready(on, sp, () => parkedFor(on, sp, answer));
    if (parked === undefined) return reply.header('cache-control', 'no-store').redirect(sp.frontPage, 303);
    const decided = await decide(on, sp, answer);
    if (decided.status !== 'decided' || decided.mechanism !== mechanismName) {
      throw new GatehouseError('ERR_LOGIN_EXPIRED', 'the application has no mechanism SAML any more');
    }
    const { result, mechanism, factors } = decided;
    if (result.status !== 'authenticated') {
      const decision = result.trace.id;
      if (result.status === 'denied' && result.reason === 'unavailable') {
        throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'nobody could be asked who this is', { facts: { decision } });
      }
      return sendPage(reply, 403, deniedPage(sp.application, decision));
    }
    reply.headers(await decided.complete());
    const resumed = await startSession(options, on, parked, {
      ...{ mechanism, factors, result },
      participants: [participantOf(answer, sp, clock.now())],
      ...(answer.sessionNotOnOrAfter === undefined ? {} : { endsAt: answer.sessionNotOnOrAfter }),
    });
    return reply.header('cache-control', 'no-store').redirect(resumeLocation(resumed), 303);
  };
}

/** What a logout needs to know, in either direction. */
function participantOf({ evidence, sessionIndex }: KeptAnswer, sp: ServiceProvider, joinedAt: number): Participant {
  const { nameId } = evidence;
  return {
    kind: 'identity-provider',
    name: evidence.identityProvider,
    application: sp.application,
    ...(sessionIndex === undefined ? {} : { sessionIndex }),
    ...(nameId === undefined
      ? {}
      : {
          nameId: nameId.value,
          nameIdFormat: nameId.format ?? nameIdFormats.unspecified,
          ...(nameId.nameQualifier === undefined ? {} : { nameQualifier: nameId.nameQualifier }),
          ...(nameId.spNameQualifier === undefined ? {} : { spNameQualifier: nameId.spNameQualifier }),
        }),
    joinedAt,
  };
}
