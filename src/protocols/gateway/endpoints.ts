/** @module The built-in gateway: applications below their context paths, let through by constraints, told who it is. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { decideAccess } from '../../engine/access.ts';
import { createPathConstraints } from '../../engine/authorization.ts';
import type { AuthorizationStack } from '../../engine/authorization-stack.ts';
import { faultWord } from '../../engine/fault.ts';
import type { MechanismStack } from '../../engine/mechanism-stack.ts';
import type { SsoSessions } from '../../engine/sso-sessions.ts';
import type { LiveSessions } from '../../http/live-session.ts';
import { mechanismRequestOf } from '../../http/request-facts.ts';
import { type Forward, registerUpstream, type UpstreamLimits } from '../../http/upstream.ts';
import type { AuthorizationRequest } from '../../spi/authorization.ts';
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { GatewayApplication } from './application.ts';
import {
  type AuthenticatedCaller,
  type Caller,
  identify,
  joinSession,
  type NamedCaller,
  nameAnonymous,
} from './caller.ts';
import { continuePath } from './challenge.ts';
import { requestHeadersFor, responseHeadersFor } from './forwarded-headers.ts';
import { logoutAskedBy } from './logout.ts';
import { ask, type Exchange, failClosed, type Mounted, type RefusalOptions, refuse, secure } from './refusal.ts';
import { readTarget } from './target.ts';

export interface GatewayOptions extends RefusalOptions {
  readonly applications: readonly GatewayApplication[];
  /** Mechanism stacks by the names that applications have for them. */
  readonly entrances: ReadonlyMap<string, MechanismStack>;
  /** By security domain. */
  readonly authorization: ReadonlyMap<string, AuthorizationStack>;
  readonly sessions: SsoSessions;
  readonly liveSession: LiveSessions;
  /** Names of the cookies that no application gets to see or to set: the SSO cookie and the form guard's. */
  readonly ownCookies: readonly string[];
  /** Host and port of the public URL: what applications are told. A Host field is whatever somebody sent. */
  readonly publicHost: string;
  readonly clock: Clock;
  /** Default: `upstreamLimits`. */
  readonly limits?: UpstreamLimits;
}

/** TRACE would show a browser's script the fields that we add (RFC 9110 §9.3.8); CONNECT is for proxies. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

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
  const stack = options.authorization.get(application.securityDomain);
  if (entrance === undefined || stack === undefined) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'application with an unknown security domain or mechanism stack', {
      facts: { application: application.name },
    });
  }
  return { application, entrance, stack, constraints: createPathConstraints(application.constraints) };
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
  const asked = request.method === 'GET' ? logoutAskedBy(target.query, application.name) : undefined;
  if (asked !== undefined) return reply.header('cache-control', 'no-store').redirect(asked, 303);
  const on: Exchange = { request, reply, target, facts: mechanismRequestOf(request, target.path) };
  // Before anybody is asked for a password: over this connection it would be read by others.
  const early = on.facts.confidential ? undefined : at.constraints.authorize(requestOf(at, on, undefined));
  if (early?.reason === 'transport') return secure(options, at, on, early);
  const who = { ...options, application: application.name, entrance: at.entrance };
  const identified = await identify(who, request, on.facts);
  if (identified.status === 'refused') return ask(options, at, on, identified);
  const { caller, mapping } =
    identified.status === 'authenticated'
      ? await withRolesHere(options, at, on, identified)
      : { caller: identified, mapping: [] };
  const decided = await decideAccess(at, requestOf(at, on, caller));
  if (decided.decision === 'deny') return refuse(options, at, on, caller, { ...decided, mapping });
  if (caller.status === 'authenticated' && !(await joinSession(who, caller))) {
    return ask(options, at, on, { status: 'anonymous' });
  }
  // Only now, and for its name only: whoever has shown nothing is let in by no role.
  const named = caller.status === 'anonymous' ? await nameAnonymous(who, on.facts) : undefined;
  return pass(options, forward, at, on, caller, named);
}

/** The caller with the roles that he has here: those of the session, and what the domain makes of them for this application. */
async function withRolesHere(options: GatewayOptions, at: Mounted, on: Exchange, caller: AuthenticatedCaller) {
  const result = await at.stack.rolesIn(at.application.name, caller.principal, caller.roles);
  if (result.status === 'mapped') return { caller: { ...caller, roles: result.roles }, mapping: result.steps };
  const { fault, steps: mapping } = result;
  return failClosed(options, at, on, caller, { reason: faultWord(fault), mapping, fault });
}

function requestOf(at: Mounted, on: Exchange, caller: Caller | undefined): AuthorizationRequest {
  const { method, confidential } = on.facts;
  const resource = { application: at.application.name, path: on.target.path, method, confidential };
  const request = { ...resource, sourceAddress: on.facts.sourceAddress };
  return caller?.status === 'authenticated'
    ? { ...request, principal: caller.principal, roles: caller.roles }
    : { ...request, roles: undefined };
}

function pass(
  options: GatewayOptions,
  forward: Forward,
  at: Mounted,
  on: Exchange,
  caller: Caller,
  named: NamedCaller | undefined,
): FastifyReply {
  const { request, reply, target } = on;
  const { upstream } = at.application;
  const ownCookies = new Set(options.ownCookies);
  const known = caller.status === 'authenticated' ? caller : undefined;
  const consumesAuthorization = known !== undefined && known.session === undefined;
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
      { caller: known ?? (named && { ...named, anonymous: true }), consumesAuthorization, ownCookies },
    ),
    responseHeaders: (headers) => ({
      ...responseHeadersFor(headers, { ownCookies, upstream }),
      ...known?.answerFields,
    }),
  });
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
