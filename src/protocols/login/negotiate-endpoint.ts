/** @module `/spnego/:id`: asks a browser once whether it has a ticket, beside the sign-in form, and goes on by a page (RFC 4559). */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { challengesOf } from '../../http/mechanisms.ts';
import { sendPage } from '../../http/page.ts';
import { otherAccountPath, type ParkedLogin, resumeLocation, signInPath } from '../../http/parking.ts';
import { mechanismRequestOf } from '../../http/request-facts.ts';
import { type Attempt, showSignIn } from './asking.ts';
import { beginSession, type Decided, entranceOf, recordRefusal } from './attempt.ts';
import type { LoginEndpointOptions } from './login-endpoint.ts';
import { refusalText, unreadableText } from './negotiate-texts.ts';
import { goingOnPage } from './sign-in-page.ts';

/** Where the mechanism does not say: a working day. */
const defaultQuietSeconds = 28_800;

interface NegotiateRoute {
  Params: { id: string };
}

/**
 * The path is its own, so that only it is ever answered 401. A browser that has a ticket repeats the request with it, unseen; any
 * other shows the form that is the body. Once asked, a browser is not asked again for a while, whatever it has answered.
 */
export function mountNegotiateEndpoint(app: FastifyInstance, options: LoginEndpointOptions): void {
  app.get<NegotiateRoute>('/spnego/:id', async (request, reply) => {
    const parked = await options.parking.read(request, request.params.id);
    return negotiate(options, request, reply, parked);
  });
}

async function negotiate(
  options: LoginEndpointOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  parked: ParkedLogin,
): Promise<FastifyReply> {
  const { browserKey, probes } = options;
  const entrance = entranceOf(options.entrances, parked);
  const facts = { ...mechanismRequestOf(request, request.url), exchange: exchangeOf(parked) };
  const on: Attempt = { request, reply, parked, entrance, facts };
  const { probe, headers, hasHeaders } = challengesOf(entrance.mechanisms, facts);
  const { application, factors } = parked.pending;
  const answer = await entrance.begin(facts).authenticate(() => ({
    sourceAddress: request.ip,
    answers: ['token'],
    ...(application === undefined ? {} : { application }),
    ...(factors === undefined ? {} : { factors }),
  }));
  if (answer.status === 'none') {
    // Also who came back here without being asked, or from outside of the networks.
    if (probe === undefined && !hasHeaders) return reply.redirect(signInPath(parked), 303);
    probes.quiet(reply, probe?.againSeconds ?? defaultQuietSeconds);
    reply.headers(probe?.headers ?? headers);
    return showSignIn(browserKey, on, 401, undefined);
  }
  if (answer.status === 'malformed') {
    probes.quiet(reply, defaultQuietSeconds);
    const decision = await recordRefusal(options, on, 'malformed-evidence');
    return showSignIn(browserKey, on, 400, { text: unreadableText, decision });
  }
  return settle(options, on, answer);
}

async function settle(options: LoginEndpointOptions, on: Attempt, answer: Decided): Promise<FastifyReply> {
  const { browserKey, probes } = options;
  const { result } = answer;
  if (result.status === 'authenticated') {
    on.reply.headers(await answer.complete());
    probes.answers(on.reply);
    const resumed = await beginSession(options, on, answer, result);
    const { name } = result.subject.callerPrincipal;
    return sendPage(on.reply, 200, goingOnPage(resumeLocation(resumed), otherAccountPath(resumed), name));
  }
  if (result.status === 'challenge' && result.challenge.kind === 'token') {
    const mechanism = on.entrance.mechanisms.find(({ name }) => name === answer.mechanism);
    on.reply.headers(mechanism?.furtherLeg?.(result.challenge.token) ?? {});
    return showSignIn(browserKey, on, 401, undefined);
  }
  probes.quiet(on.reply, defaultQuietSeconds);
  const unavailable = result.status === 'denied' && result.reason === 'unavailable';
  if (unavailable) on.reply.header('retry-after', '5');
  return showSignIn(browserKey, on, unavailable ? 503 : 403, { text: refusalText(result), decision: result.trace.id });
}

/** What the legs have in common: this parked request in this browser, and not the connection, which a proxy shares among many. */
function exchangeOf({ id, pending }: ParkedLogin): string {
  return createHash('sha256')
    .update(`${pending.browser ?? ''}.${id}`)
    .digest('base64url');
}
