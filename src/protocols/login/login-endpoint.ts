/** @module `/login/:id`: asks for evidence, has the domain decide, begins the session, and resumes what was parked. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditTrail } from '../../engine/audit-trail.ts';
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
import { type Refusal, signInPage } from './sign-in-page.ts';

export interface LoginEndpointOptions {
  /** By the names that parked requests carry. */
  readonly entrances: ReadonlyMap<string, MechanismStack>;
  readonly parking: Parking;
  readonly sessions: SsoSessions;
  readonly sessionCookie: OpaqueCookie;
  readonly browserKey: BrowserKey;
  readonly audit: AuditTrail;
}

/** One text for a wrong name and a wrong password, so that the page tells nobody who is registered. */
const rejectedText = 'The user name or the password is not right.';
const rejectedCertificateText = 'The certificate that your browser has shown is not accepted here.';
const unavailableText = 'Sign-in is not possible at the moment. Try again in a minute.';
const malformedText = 'The form was not filled in in a way that can be read.';

type Proved = Extract<LoginResult, { status: 'authenticated' }>;
type Denied = Exclude<LoginResult, { status: 'authenticated' }>;
type Decided = Extract<MechanismAnswer, { status: 'decided' }>;

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
  const { application } = parked.pending;
  const answer = await entrance.begin(on.facts).authenticate(() => ({
    sourceAddress: request.ip,
    ...(application === undefined ? {} : { application }),
  }));
  if (answer.status === 'decided') return settle(options, on, answer);
  if (answer.status === 'none' && form === undefined) return ask(options, on, 200, undefined);
  const { id } = await options.audit.record({
    type: 'request-refused',
    outcome: 'failure',
    reason: 'malformed-evidence',
    domain: parked.pending.domain,
    sourceAddress: request.ip,
    path: '/login/:id',
  });
  return ask(options, on, 400, { text: malformedText, decision: id });
}

function entranceOf(options: LoginEndpointOptions, { pending }: ParkedLogin): MechanismStack {
  const entrance = options.entrances.get(pending.entrance);
  if (entrance === undefined || entrance.domain !== pending.domain) {
    throw new GatehouseError('ERR_LOGIN_EXPIRED', 'parked for an entrance that is gone');
  }
  return entrance;
}

async function settle(options: LoginEndpointOptions, on: Attempt, answer: Decided) {
  const { result } = answer;
  if (result.status !== 'authenticated') return refuse(options, on, result);
  on.reply.headers(await answer.complete());
  return complete(options, on, answer.mechanism, result);
}

/**
 * The pending login is claimed before the session begins: of two posts at once, one is answered `ERR_LOGIN_CLAIMED` and
 * begins nothing. It is parked again under a new id, which whoever started the login elsewhere cannot know.
 */
async function complete(options: LoginEndpointOptions, on: Attempt, mechanism: string, result: Proved) {
  const resumed = await options.parking.repark(on, on.parked);
  const replaces = options.sessionCookie.read(on.request);
  const { id } = await options.sessions.begin({
    domain: resumed.pending.domain,
    subject: result.subject,
    mechanism,
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
