/** @module `/login/:id`: asks for evidence, has the domain decide, begins the session, and resumes what was parked. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FirstLegs } from '../../engine/first-legs.ts';
import type { MechanismAnswer, MechanismStack } from '../../engine/mechanism-stack.ts';
import type { BrowserKey } from '../../http/browser-key.ts';
import type { FormFields } from '../../http/form.ts';
import { challengesOf } from '../../http/mechanisms.ts';
import { asksForOther, type ParkedLogin, probePath, resumeLocation } from '../../http/parking.ts';
import type { ProbeMemory } from '../../http/probe-memory.ts';
import { mechanismRequestOf } from '../../http/request-facts.ts';
import { type Attempt, ask, askForCode, refuse } from './asking.ts';
import { beginSession, entranceOf, type RefusalOptions, recordRefusal, type SessionOptions } from './attempt.ts';
import { asksForCode, readSecondLeg, type SecondLeg, sealFirstLeg } from './second-leg.ts';

export interface LoginEndpointOptions extends SessionOptions, RefusalOptions {
  /** By the names that parked requests carry. */
  readonly entrances: ReadonlyMap<string, MechanismStack>;
  readonly browserKey: BrowserKey;
  readonly firstLegs: FirstLegs;
  readonly probes: ProbeMemory;
}

const rejectedCodeText = 'That did not work. Type the code that your authenticator shows now, or begin again.';
const lostText = 'That took too long, or was begun elsewhere. Sign in again.';
const malformedText = 'The form was not filled in in a way that can be read.';

type Decided = Extract<MechanismAnswer, { status: 'decided' }>;
type Second = Extract<SecondLeg, { status: 'evidence' }>;

interface LoginRoute {
  Params: { id: string };
  Body: FormFields | undefined;
}

export function mountLoginEndpoint(app: FastifyInstance, options: LoginEndpointOptions): void {
  app.get<LoginRoute>('/login/:id', async (request, reply) =>
    attempt(options, request, reply, await options.parking.read(request, request.params.id), undefined),
  );

  app.post<LoginRoute>('/login/:id', async (request, reply) => {
    const form = request.body ?? { fields: {}, repeated: [] };
    options.browserKey.checkCsrf(request, form, request.params.id);
    return attempt(options, request, reply, await options.parking.read(request, request.params.id), form);
  });
}

async function attempt(
  options: LoginEndpointOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  parked: ParkedLogin,
  form: FormFields | undefined,
): Promise<FastifyReply> {
  const entrance = entranceOf(options.entrances, parked);
  const on: Attempt = { request, reply, parked, entrance, facts: mechanismRequestOf(request, request.url, form) };
  const mayAnswer = (name: string) => entrance.mechanisms.some((mechanism) => mechanism.name === name);
  const second = readSecondLeg(options.firstLegs, parked, form, mayAnswer);
  if (second.status === 'lost') {
    return ask(options.browserKey, on, 403, {
      text: lostText,
      decision: await recordRefusal(options, on, 'first-leg-expired'),
    });
  }
  if (second.status === 'malformed') {
    const decision = await recordRefusal(options, on, 'malformed-evidence');
    return askForCode(options.browserKey, on, 400, { ...second, refusal: { text: malformedText, decision } });
  }
  const shown = second.status === 'evidence' ? second : undefined;
  const { application, factors } = parked.pending;
  const answer = await entrance.begin(on.facts, shown).authenticate((mechanism) => ({
    sourceAddress: request.ip,
    ...(asksByPage(on, mechanism) ? { answers: ['one-time-code'] } : {}),
    ...(application === undefined ? {} : { application }),
    ...(factors === undefined ? {} : { factors }),
  }));
  if (answer.status === 'decided') return settle(options, on, answer, shown);
  if (answer.status === 'none' && form === undefined) {
    const { first } = challengesOf(entrance.mechanisms, on.facts);
    const probing = first === 'probe' && !asksForOther(request) && options.probes.mayAsk(request);
    if (probing) return reply.redirect(probePath(parked), 303);
    return ask(options.browserKey, on, 200, undefined);
  }
  return ask(options.browserKey, on, 400, {
    text: malformedText,
    decision: await recordRefusal(options, on, 'malformed-evidence'),
  });
}

async function settle(options: LoginEndpointOptions, on: Attempt, answer: Decided, second: Second | undefined) {
  const { result, mechanism, evidence } = answer;
  if (result.status === 'authenticated') {
    on.reply.headers(await answer.complete());
    return on.reply.redirect(resumeLocation(await beginSession(options, on, answer, result)), 303);
  }
  if (evidence.kind !== 'password') return refuse(options.browserKey, on, result);
  const { username } = evidence;
  if (second?.mechanism === mechanism && result.status === 'denied' && result.reason === 'rejected') {
    const refusal = { text: rejectedCodeText, decision: result.trace.id };
    return askForCode(options.browserKey, on, 403, { leg: second.leg, username, refusal });
  }
  const sealed = asksForCode(result) ? sealFirstLeg(options.firstLegs, on.parked, { mechanism, evidence }) : undefined;
  if (sealed === undefined) return refuse(options.browserKey, on, result);
  return askForCode(options.browserKey, on, 200, { leg: sealed, username, refusal: undefined });
}

/** Only who was asked by a page can be asked by another one. */
function asksByPage({ entrance, facts }: Attempt, name: string): boolean {
  return entrance.mechanisms.some(
    (mechanism) => mechanism.name === name && mechanism.challenge(facts)?.kind === 'form',
  );
}
