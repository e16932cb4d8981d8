/** @module `/login/:id`: asks for evidence, has the domain decide, begins the session, and resumes what was parked. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PendingLogin, PendingLogins } from '../../engine/pending-logins.ts';
import type { SsoSessions } from '../../engine/sso-sessions.ts';
import type { FormGuard, SessionCookie } from '../../http/cookies.ts';
import { type FormFields, requiredField } from '../../http/form.ts';
import { sendPage } from '../../http/page.ts';
import { isProtectedTransport, mechanismRequestOf } from '../../http/request-facts.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { Evidence } from '../../spi/evidence.ts';
import type { HttpMechanism } from '../../spi/http-mechanism.ts';
import type { LoginResult, SecurityDomain } from '../../spi/security-domain.ts';
import { signInPage } from './sign-in-page.ts';

export interface LoginEndpointOptions {
  readonly domains: ReadonlyMap<string, SecurityDomain>;
  readonly mechanisms: ReadonlyMap<string, HttpMechanism>;
  readonly pendingLogins: PendingLogins;
  readonly sessions: SsoSessions;
  readonly sessionCookie: SessionCookie;
  readonly formGuard: FormGuard;
}

/** One text for a wrong name and a wrong password, so that the page tells nobody who is registered. */
const rejectedText = 'The user name or the password is not right.';
const rejectedCertificateText = 'The certificate that your browser has shown is not accepted here.';
const unavailableText = 'Sign-in is not possible at the moment. Try again in a minute.';

interface LoginRoute {
  Params: { id: string };
  Body: FormFields | undefined;
}

export function mountLoginEndpoint(app: FastifyInstance, options: LoginEndpointOptions): void {
  app.get<LoginRoute>('/login/:id', async (request, reply) => {
    const pending = await readPending(options, request.params.id);
    return attempt(options, { request, reply, id: request.params.id, pending, form: undefined });
  });

  app.post<LoginRoute>('/login/:id', async (request, reply) => {
    const { id } = request.params;
    const form = request.body ?? { fields: {}, repeated: [] };
    if (!options.formGuard.accepts(request, id, requiredField(form, 'csrf'))) {
      throw new GatehouseError('ERR_REQUEST_FORGED', 'sign-in form without the token of this browser');
    }
    const pending = await readPending(options, id);
    return attempt(options, { request, reply, id, pending, form });
  });
}

interface Attempt {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly id: string;
  readonly pending: PendingLogin;
  readonly form: FormFields | undefined;
}

async function readPending(options: LoginEndpointOptions, id: string): Promise<PendingLogin> {
  const pending = await options.pendingLogins.read(id);
  if (pending === undefined) throw new GatehouseError('ERR_LOGIN_EXPIRED', 'no such pending login');
  return pending;
}

/** Asks the mechanisms in order, what comes with the connection unasked last: a form that was filled in means more. The first that finds evidence (or something malformed) settles who is asked. */
async function attempt(options: LoginEndpointOptions, on: Attempt): Promise<FastifyReply> {
  const facts = mechanismRequestOf(on.request, on.request.url, on.form);
  const asked = mechanismsOf(options, on.pending);
  const inOrder = [
    ...asked.filter(({ ambient }) => ambient !== true),
    ...asked.filter(({ ambient }) => ambient === true),
  ];
  for (const mechanism of inOrder) {
    const found = mechanism.evaluate(facts);
    if (found.status === 'evidence') return decide(options, on, mechanism, found.evidence);
    if (found.status === 'malformed') break;
  }
  return challenge(options, on, on.form === undefined ? 200 : 400, undefined);
}

function mechanismsOf(options: LoginEndpointOptions, pending: PendingLogin): readonly HttpMechanism[] {
  return pending.mechanisms.map((name) => {
    const mechanism = options.mechanisms.get(name);
    if (mechanism === undefined) throw new GatehouseError('ERR_LOGIN_EXPIRED', 'parked for a mechanism that is gone');
    return mechanism;
  });
}

async function decide(options: LoginEndpointOptions, on: Attempt, mechanism: HttpMechanism, evidence: Evidence) {
  const domain = options.domains.get(on.pending.domain);
  if (domain === undefined) throw new GatehouseError('ERR_LOGIN_EXPIRED', 'parked for a domain that is gone');
  const result = await domain.login(evidence, {
    sourceAddress: on.request.ip,
    mechanism: mechanism.name,
    ...(on.pending.application === undefined ? {} : { application: on.pending.application }),
  });
  if (result.status !== 'authenticated') return challenge(options, on, statusOf(result), result);
  return complete(options, on, mechanism, result);
}

/**
 * The pending login is claimed before the session begins: of two posts at once, one is answered `ERR_LOGIN_CLAIMED` and
 * begins nothing. It is parked again under a new id, which whoever started the login elsewhere cannot know.
 */
async function complete(
  options: LoginEndpointOptions,
  on: Attempt,
  mechanism: HttpMechanism,
  result: Extract<LoginResult, { status: 'authenticated' }>,
) {
  const claimed = await options.pendingLogins.claim(on.id);
  if (claimed === undefined) throw new GatehouseError('ERR_LOGIN_CLAIMED', 'another request completed this login');
  const replaces = options.sessionCookie.read(on.request);
  const { id } = await options.sessions.begin({
    domain: claimed.domain,
    subject: result.subject,
    mechanism: mechanism.name,
    confidential: isProtectedTransport(on.request),
    decision: result.trace.id,
    sourceAddress: on.request.ip,
    ...(replaces === undefined ? {} : { replaces }),
  });
  const resumed = await options.pendingLogins.park(claimed);
  options.sessionCookie.set(on.reply, id);
  return on.reply.redirect(`${claimed.resumePath}?pending=${resumed}`, 303);
}

function statusOf(result: Exclude<LoginResult, { status: 'authenticated' }>): number {
  return result.status === 'denied' && result.reason === 'unavailable' ? 503 : 403;
}

function challenge(
  options: LoginEndpointOptions,
  on: Attempt,
  status: number,
  result: Exclude<LoginResult, { status: 'authenticated' }> | undefined,
) {
  const facts = mechanismRequestOf(on.request, on.request.url, on.form);
  const challenges = mechanismsOf(options, on.pending).map((mechanism) => mechanism.challenge(facts));
  const form = challenges.some((offered) => offered?.kind === 'form');
  for (const offered of challenges) if (offered?.kind === 'header' && !form) on.reply.headers(offered.headers);
  const headerOnly = !form && challenges.some((offered) => offered?.kind === 'header');
  const username = on.form?.fields['j_username'];
  const rejected = result?.trace.evidence === 'certificate' ? rejectedCertificateText : rejectedText;
  const text = result?.status === 'denied' && result.reason === 'unavailable' ? unavailableText : rejected;
  return sendPage(
    on.reply,
    headerOnly ? 401 : status,
    signInPage({
      action: `/login/${on.id}`,
      csrf: options.formGuard.issue(on.request, on.reply, on.id),
      application: on.pending.application,
      username,
      refusal: result === undefined ? undefined : { text, decision: result.trace.id },
    }),
  );
}
