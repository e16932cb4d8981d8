/** @module `/login/:id`: asks for evidence, has the domain decide, begins the session, and resumes what was parked. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditTrail } from '../../engine/audit-trail.ts';
import type { FirstLegs } from '../../engine/first-legs.ts';
import type { MechanismAnswer, MechanismStack } from '../../engine/mechanism-stack.ts';
import type { SsoSessions } from '../../engine/sso-sessions.ts';
import type { BrowserKey } from '../../http/browser-key.ts';
import type { OpaqueCookie } from '../../http/cookies.ts';
import type { FormFields } from '../../http/form.ts';
import { challengesOf } from '../../http/mechanisms.ts';
import { sendPage } from '../../http/page.ts';
import { type ParkedLogin, type Parking, resumeLocation, signInPath } from '../../http/parking.ts';
import { isProtectedTransport, mechanismRequestOf } from '../../http/request-facts.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { MechanismRequest } from '../../spi/http-mechanism.ts';
import type { LoginResult } from '../../spi/security-domain.ts';
import { oneTimeCodePage } from './one-time-code-page.ts';
import { asksForCode, readSecondLeg, type SecondLeg, sealFirstLeg } from './second-leg.ts';
import { type Refusal, signInPage } from './sign-in-page.ts';

export interface LoginEndpointOptions {
  /** By the names that parked requests carry. */
  readonly entrances: ReadonlyMap<string, MechanismStack>;
  readonly parking: Parking;
  readonly sessions: SsoSessions;
  readonly sessionCookie: OpaqueCookie;
  readonly browserKey: BrowserKey;
  readonly firstLegs: FirstLegs;
  readonly audit: AuditTrail;
}

/** One text for a wrong name and a wrong password, so that the page tells nobody who is registered. */
const rejectedText = 'The user name or the password is not right.';
const rejectedCertificateText = 'The certificate that your browser has shown is not accepted here.';
const unavailableText = 'Sign-in is not possible at the moment. Try again in a minute.';
const rejectedCodeText = 'That did not work. Type the code that your authenticator shows now, or begin again.';
const lostText = 'That took too long, or was begun elsewhere. Sign in again.';
const malformedText = 'The form was not filled in in a way that can be read.';

type Proved = Extract<LoginResult, { status: 'authenticated' }>;
type Denied = Exclude<LoginResult, { status: 'authenticated' }>;
type Decided = Extract<MechanismAnswer, { status: 'decided' }>;
type Second = Extract<SecondLeg, { status: 'evidence' }>;

interface LoginRoute {
  Params: { id: string };
  Body: FormFields | undefined;
}

interface Attempt {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly parked: ParkedLogin;
  readonly entrance: MechanismStack;
  readonly facts: MechanismRequest;
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
  const entrance = entranceOf(options, parked);
  const on: Attempt = { request, reply, parked, entrance, facts: mechanismRequestOf(request, request.url, form) };
  const mayAnswer = (name: string) => entrance.mechanisms.some((mechanism) => mechanism.name === name);
  const second = readSecondLeg(options.firstLegs, parked, form, mayAnswer);
  if (second.status === 'lost') {
    return ask(options, on, 403, { text: lostText, decision: await recordRefusal(options, on, 'first-leg-expired') });
  }
  if (second.status === 'malformed') {
    const decision = await recordRefusal(options, on, 'malformed-evidence');
    return askForCode(options, on, 400, { ...second, refusal: { text: malformedText, decision } });
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
  if (answer.status === 'none' && form === undefined) return ask(options, on, 200, undefined);
  return ask(options, on, 400, {
    text: malformedText,
    decision: await recordRefusal(options, on, 'malformed-evidence'),
  });
}

/** The id of the record, for the page. */
async function recordRefusal(options: LoginEndpointOptions, on: Attempt, reason: string): Promise<string> {
  const { id } = await options.audit.record({
    type: 'request-refused',
    outcome: 'failure',
    reason,
    domain: on.parked.pending.domain,
    sourceAddress: on.request.ip,
    path: '/login/:id',
  });
  return id;
}

function entranceOf(options: LoginEndpointOptions, { pending }: ParkedLogin): MechanismStack {
  const entrance = options.entrances.get(pending.entrance);
  if (entrance === undefined || entrance.domain !== pending.domain) {
    throw new GatehouseError('ERR_LOGIN_EXPIRED', 'parked for an entrance that is gone');
  }
  return entrance;
}

async function settle(options: LoginEndpointOptions, on: Attempt, answer: Decided, second: Second | undefined) {
  const { result, mechanism, evidence } = answer;
  if (result.status === 'authenticated') {
    on.reply.headers(await answer.complete());
    return complete(options, on, answer, result);
  }
  if (evidence.kind !== 'password') return refuse(options, on, result);
  const { username } = evidence;
  if (second?.mechanism === mechanism && result.status === 'denied' && result.reason === 'rejected') {
    const refusal = { text: rejectedCodeText, decision: result.trace.id };
    return askForCode(options, on, 403, { leg: second.leg, username, refusal });
  }
  const sealed = asksForCode(result) ? sealFirstLeg(options.firstLegs, on.parked, { mechanism, evidence }) : undefined;
  if (sealed === undefined) return refuse(options, on, result);
  return askForCode(options, on, 200, { leg: sealed, username, refusal: undefined });
}

/** Only who was asked by a page can be asked by another one. */
function asksByPage({ entrance, facts }: Attempt, name: string): boolean {
  return entrance.mechanisms.some(
    (mechanism) => mechanism.name === name && mechanism.challenge(facts)?.kind === 'form',
  );
}

function askForCode(
  options: LoginEndpointOptions,
  on: Attempt,
  status: number,
  page: { readonly leg: string; readonly username: string; readonly refusal: Refusal | undefined },
) {
  const csrf = options.browserKey.csrfToken(on.request, on.reply, on.parked.id);
  return sendPage(on.reply, status, oneTimeCodePage({ ...page, action: signInPath(on.parked), csrf }));
}

/**
 * The pending login is claimed before the session begins: of two posts at once, one is answered `ERR_LOGIN_CLAIMED` and
 * begins nothing. It is parked again under a new id, which whoever started the login elsewhere cannot know.
 */
async function complete(options: LoginEndpointOptions, on: Attempt, { mechanism, factors }: Decided, result: Proved) {
  const resumed = await options.parking.repark(on, on.parked);
  const replaces = options.sessionCookie.read(on.request);
  const { id } = await options.sessions.begin({
    domain: resumed.pending.domain,
    subject: result.subject,
    mechanism,
    factors,
    confidential: isProtectedTransport(on.request),
    decision: result.trace.id,
    sourceAddress: on.request.ip,
    ...(replaces === undefined ? {} : { replaces }),
  });
  options.sessionCookie.set(on.reply, id);
  return on.reply.redirect(resumeLocation(resumed), 303);
}

function refuse(options: LoginEndpointOptions, on: Attempt, result: Denied) {
  const unavailable = result.status === 'denied' && result.reason === 'unavailable';
  const rejected = result.trace.evidence === 'certificate' ? rejectedCertificateText : rejectedText;
  const text = unavailable ? unavailableText : rejected;
  if (unavailable) on.reply.header('retry-after', '5');
  return ask(options, on, unavailable ? 503 : 403, { text, decision: result.trace.id });
}

/** `status` holds for the form; where only headers can ask, it is 401 (RFC 9110 §15.5.2), and no form is shown that nobody reads. */
function ask(options: LoginEndpointOptions, on: Attempt, status: number, refusal: Refusal | undefined) {
  const { hasForm, hasHeaders, headers } = challengesOf(on.entrance.mechanisms, on.facts);
  if (hasHeaders && !hasForm) on.reply.headers(headers);
  return sendPage(
    on.reply,
    hasHeaders && !hasForm && status !== 503 ? 401 : status,
    signInPage({
      form: hasForm
        ? {
            action: signInPath(on.parked),
            csrf: options.browserKey.csrfToken(on.request, on.reply, on.parked.id),
            username: on.facts.form?.['j_username'],
          }
        : undefined,
      application: on.parked.pending.application,
      refusal,
    }),
  );
}
