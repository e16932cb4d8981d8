/** @module What the gateway answers to a request that does not pass: TLS, a login, or a no that is on record. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '../../engine/access.ts';
import type { AuditTrail } from '../../engine/audit-trail.ts';
import type { Fault } from '../../engine/fault.ts';
import type { MechanismStack } from '../../engine/mechanism-stack.ts';
import { sendPage } from '../../http/page.ts';
import type { Parking } from '../../http/parking.ts';
import type { AuthorizationStep, MappingStep } from '../../spi/decision-trace.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { MechanismRequest } from '../../spi/http-mechanism.ts';
import type { GatewayApplication } from './application.ts';
import type { Caller } from './caller.ts';
import { challenge, insecurePage } from './challenge.ts';
import type { Target } from './target.ts';

export interface RefusalOptions {
  readonly parking: Parking;
  readonly audit: AuditTrail;
  /** Origin of the public HTTPS side; absent where there is none. */
  readonly httpsOrigin?: string | undefined;
}

/** An application at its place, with everything that decides about requests to it. */
export interface Mounted extends Access {
  readonly application: GatewayApplication;
  readonly entrance: MechanismStack;
}

export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly target: Target;
  readonly facts: MechanismRequest;
}

/** Why not, and what each authorization module or mapper said of it where they were asked. */
export interface Denial {
  readonly reason: string;
  readonly steps?: readonly AuthorizationStep[];
  readonly mapping?: readonly MappingStep[];
  /** Nobody said no: somebody could not be asked, or has a bug. */
  readonly fault?: Fault;
}

/** A refusal is audited before it is answered, and nobody gets further than to a login by it. */
export async function refuse(options: RefusalOptions, at: Mounted, on: Exchange, caller: Caller, denial: Denial) {
  if (denial.reason === 'transport') return secure(options, at, on, denial);
  // Whoever is signed in already would come back from the sign-in to the same answer.
  if (denial.reason === 'not-authenticated' && caller.status !== 'authenticated') {
    return ask(options, at, on, caller, denial);
  }
  return failClosed(options, at, on, caller, denial);
}

/** @throws ERR_ACCESS_DENIED; ERR_STORE_UNAVAILABLE or ERR_LOGIN_MODULE_BUG where the denial is a fault */
export async function failClosed(
  options: RefusalOptions,
  at: Mounted,
  on: Exchange,
  caller: Caller,
  denial: Denial,
): Promise<never> {
  const { reason, fault } = denial;
  const decision = await recordRefusal(options, at, on, denial, caller);
  const facts = { decision, reason };
  if (fault?.status === 'bug') {
    throw new GatehouseError('ERR_LOGIN_MODULE_BUG', 'an authorization module or a mapper threw', {
      cause: fault.error,
      facts,
    });
  }
  if (fault?.status === 'unavailable') {
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'nobody could be asked whether this is allowed', { facts });
  }
  throw new GatehouseError('ERR_ACCESS_DENIED', 'authorization of the application', { facts });
}

export async function ask(
  options: RefusalOptions,
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

export async function secure(
  options: RefusalOptions,
  at: Mounted,
  on: Exchange,
  denial: Denial,
): Promise<FastifyReply> {
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
async function recordRefusal(options: RefusalOptions, at: Mounted, on: Exchange, denial: Denial, caller: Caller) {
  const { reason, steps, mapping = [] } = denial;
  const event = await options.audit.record({
    type: 'authorization',
    outcome: 'failure',
    reason,
    ...(mapping.length === 0 ? {} : { mapping }),
    ...(steps === undefined ? {} : { authorization: steps }),
    domain: at.entrance.domain,
    application: at.application.name,
    sourceAddress: on.request.ip,
    path: on.target.path,
    ...(caller.status === 'authenticated' ? { principal: caller.principal, decision: caller.decision } : {}),
  });
  return event.id;
}
