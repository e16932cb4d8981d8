/** @module The built-in gateway: applications below their context paths, let through by constraints, told who it is. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditTrail } from '../../engine/audit-trail.ts';
import { authorize, createPathConstraints } from '../../engine/authorization.ts';
import type { MechanismStack } from '../../engine/mechanism-stack.ts';
import type { SsoSessions } from '../../engine/sso-sessions.ts';
import type { LiveSessions } from '../../http/live-session.ts';
import { sendPage } from '../../http/page.ts';
import type { Parking } from '../../http/parking.ts';
import { mechanismRequestOf } from '../../http/request-facts.ts';
import { type Forward, registerUpstream, type UpstreamLimits } from '../../http/upstream.ts';
import type { AuthorizationModule } from '../../spi/authorization.ts';
import type { Clock } from '../../spi/clock.ts';
import type { AuthorizationStep } from '../../spi/decision-trace.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { MechanismRequest } from '../../spi/http-mechanism.ts';
import type { GatewayApplication } from './application.ts';
import { type Caller, identify, joinSession } from './caller.ts';
import { challenge, continuePath, insecurePage } from './challenge.ts';
import { requestHeadersFor, responseHeadersFor } from './forwarded-headers.ts';
import { readTarget, type Target } from './target.ts';

export interface GatewayOptions {
  readonly applications: readonly GatewayApplication[];
  /** Mechanism stacks by the names that applications have for them. */
  readonly entrances: ReadonlyMap<string, MechanismStack>;
  readonly sessions: SsoSessions;
  readonly liveSession: LiveSessions;
  /** Names of the cookies that no application gets to see or to set: the SSO cookie and the form guard's. */
  readonly ownCookies: readonly string[];
  readonly parking: Parking;
  /** Host and port of the public URL: what applications are told. A Host field is whatever somebody sent. */
  readonly publicHost: string;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  /** Origin of the public HTTPS side; absent where there is none. */
  readonly httpsOrigin?: string | undefined;
  /** Default: `upstreamLimits`. */
  readonly limits?: UpstreamLimits;
}

/** TRACE would show a browser's script the fields that we add (RFC 9110 §9.3.8); CONNECT is for proxies. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

interface Mounted {
  readonly application: GatewayApplication;
  readonly modules: readonly AuthorizationModule[];
  readonly entrance: MechanismStack;
}

/** Why not, and what each authorization module said of it where they were asked. */
interface Denial {
  readonly reason: string;
  readonly steps?: readonly AuthorizationStep[];
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly target: Target;
  readonly facts: MechanismRequest;
}

/** @throws ERR_CONFIG_INVALID when an application names a domain or a mechanism that is not there. */
export async function mountGateway(app: FastifyInstance, options: GatewayOptions): Promise<void> {
  if (options.applications.length === 0) return;
  const mounted = options.applications.map((application) => mount(options, application));
  mountContinuation(app, options);
  await app.register(async (scope) => {
    const forward = await registerUpstream(scope, options.limits);
    for (const at of mounted) {
      const handler = (request: FastifyRequest, reply: FastifyReply) => serve(options, forward, at, request, reply);
      const { contextPath } = at.application;
      for (const url of [contextPath, `${contextPath}/*`]) scope.route({ method: methods, url, handler });
      for (const url of [contextPath, `${contextPath}/*`]) scope.route({ method: 'TRACE', url, handler: refuseMethod });
    }
  });
}

function mount(options: GatewayOptions, application: GatewayApplication): Mounted {
  const entrance = options.entrances.get(application.entrance);
  if (entrance === undefined) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'application with an unknown mechanism stack', {
      facts: { application: application.name },
    });
  }
  return { application, entrance, modules: [createPathConstraints(application.constraints)] };
}

async function refuseMethod(): Promise<never> {
  throw new GatehouseError('ERR_METHOD_NOT_ALLOWED', 'method that is not passed on');
}

async function serve(
  options: GatewayOptions,
  forward: Forward,
  at: Mounted,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const { application } = at;
  const target = readTarget(request.url, application.contextPath);
  if (target.path === '') return reply.redirect(`${application.contextPath}/${target.query}`, 307);
  const on: Exchange = { request, reply, target, facts: mechanismRequestOf(request, target.path) };
  // Before anybody is asked for a password: over this connection it would be read by others.
  const early = on.facts.confidential ? undefined : await decide(at, on, undefined);
  if (early?.reason === 'transport') return secure(options, at, on, early);
  const who = { ...options, application: application.name, entrance: at.entrance };
  const caller = await identify(who, request, on.facts);
  if (caller.status === 'refused') return ask(options, at, on, caller);
  const decided = await decide(at, on, caller.status === 'authenticated' ? caller.roles : undefined);
  if (decided.decision === 'deny') return refuse(options, at, on, caller, decided);
  if (caller.status === 'authenticated' && !(await joinSession(who, caller))) {
    return ask(options, at, on, { status: 'anonymous' });
  }
  return pass(options, forward, at, on, caller);
}

function decide(at: Mounted, on: Exchange, roles: readonly string[] | undefined) {
  const { method, confidential } = on.facts;
  return authorize(at.modules, { application: at.application.name, path: on.target.path, method, confidential, roles });
}

function pass(options: GatewayOptions, forward: Forward, at: Mounted, on: Exchange, caller: Caller): FastifyReply {
  const { request, reply, target } = on;
  const { upstream } = at.application;
  const ownCookies = new Set(options.ownCookies);
  const known = caller.status === 'authenticated' ? caller : undefined;
  return forward(request, reply, {
    origin: upstream,
    path: target.encoded,
    query: target.query,
    headers: requestHeadersFor(
      {
        method: request.method,
        headers: request.headers,
        sourceAddress: request.ip,
        scheme: request.protocol,
        host: options.publicHost,
      },
      { caller: known, consumesAuthorization: known !== undefined && known.session === undefined, ownCookies },
    ),
    responseHeaders: (headers) => ({
      ...responseHeadersFor(headers, { ownCookies, upstream }),
      ...known?.answerFields,
    }),
  });
}

/** A refusal is audited before it is answered, and nobody gets further than to a login by it. */
async function refuse(options: GatewayOptions, at: Mounted, on: Exchange, caller: Caller, denial: Denial) {
  if (denial.reason === 'transport') return secure(options, at, on, denial);
  if (denial.reason === 'not-authenticated') return ask(options, at, on, caller, denial);
  const decision = await recordRefusal(options, at, on, denial, caller);
  throw new GatehouseError('ERR_ACCESS_DENIED', 'constraints of the application', {
    facts: { decision, reason: denial.reason },
  });
}

async function ask(
  options: GatewayOptions,
  at: Mounted,
  on: Exchange,
  caller: Caller,
  denial?: Denial,
): Promise<FastifyReply> {
  const denied = caller.status === 'refused' ? caller.decision : undefined;
  const because = denial ?? { reason: caller.status === 'refused' ? 'malformed-evidence' : 'not-authenticated' };
  const decision = denied ?? (await recordRefusal(options, at, on, because, caller));
  const { application, entrance } = at;
  return challenge({ ...options, application, mechanisms: entrance.mechanisms }, { ...on, decision });
}

async function secure(options: GatewayOptions, at: Mounted, on: Exchange, denial: Denial): Promise<FastifyReply> {
  const origin = options.httpsOrigin;
  const repeatable = on.request.method === 'GET' || on.request.method === 'HEAD';
  if (origin !== undefined && repeatable) {
    on.reply.header('cache-control', 'no-store');
    return on.reply.redirect(`${origin}${on.target.encoded}${on.target.query}`, 308);
  }
  const decision = await recordRefusal(options, at, on, denial, { status: 'anonymous' });
  return sendPage(on.reply, 403, insecurePage(decision));
}

/** The id under which the refusal is found. */
async function recordRefusal(options: GatewayOptions, at: Mounted, on: Exchange, denial: Denial, caller: Caller) {
  const event = await options.audit.record({
    type: 'authorization',
    outcome: 'failure',
    reason: denial.reason,
    ...(denial.steps === undefined ? {} : { authorization: denial.steps }),
    domain: at.entrance.domain,
    application: at.application.name,
    sourceAddress: on.request.ip,
    path: on.target.path,
    ...(caller.status === 'authenticated' ? { principal: caller.principal, decision: caller.decision } : {}),
  });
  return event.id;
}

/** After a login: back to what was asked for. The target is read again, so that only a path of an application is gone to. */
function mountContinuation(app: FastifyInstance, options: GatewayOptions): void {
  app.get(continuePath, async (request, reply) => {
    const parked = await options.parking.resumed(request, continuePath);
    const application = options.applications.find(({ name }) => name === parked.pending.application);
    if (application === undefined)
      throw new GatehouseError('ERR_LOGIN_EXPIRED', 'parked for an application that is gone');
    const { encoded, query } = readTarget(parked.pending.state, application.contextPath);
    await options.parking.claim(parked);
    return reply.header('cache-control', 'no-store').redirect(`${encoded}${query}`, 303);
  });
}
