/** @module Sign-on for clients that are no browsers (saml-profiles §4.2): evidence and request come together, the answer goes back the same way, and no session begins. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditTrail } from '../../engine/audit-trail.ts';
import type { MechanismAnswer, MechanismStack } from '../../engine/mechanism-stack.ts';
import type { SsoSessions } from '../../engine/sso-sessions.ts';
import { challengesOf } from '../../http/mechanisms.ts';
import { isProtectedTransport, mechanismRequestOf } from '../../http/request-facts.ts';
import type { RequestUse } from '../../saml/request-use.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { Factor } from '../../spi/factors.ts';
import type { LoginResult } from '../../spi/security-domain.ts';
import { writeEcpHeaders } from '../../wire/saml/ecp.ts';
import { writeSoap } from '../../wire/saml/soap.ts';
import type { Answer, Answers } from './answer.ts';
import type { AuthnContexts } from './authn-context.ts';
import type { EcpRequestReader, ReadEcpRequest } from './ecp-request-reader.ts';
import { byResponder } from './refusals.ts';
import type { ArrivedQuery } from './signed-queries.ts';
import { sendSoap, sendSoapFault } from './soap-fault.ts';

export interface EcpOptions {
  readonly domain: string;
  /** The entrance without its pages. */
  readonly entrance: MechanismStack;
  readonly readRequest: EcpRequestReader;
  readonly answers: Answers;
  readonly authnContexts: AuthnContexts;
  /** What a login here can prove at all. */
  readonly provable: readonly Factor[];
  readonly requestUse: RequestUse;
  readonly sessions: Pick<SsoSessions, 'vouch'>;
  readonly audit: AuditTrail;
}

export type Ecp = (request: FastifyRequest, reply: FastifyReply, arrived: ArrivedQuery) => Promise<FastifyReply>;

type Decided = Extract<MechanismAnswer, { status: 'decided' }>;
type Proved = Extract<LoginResult, { status: 'authenticated' }>;

export function createEcp(options: EcpOptions): Ecp {
  const { domain, entrance, answers } = options;

  async function send(
    request: FastifyRequest,
    reply: FastifyReply,
    { partner, isSigned }: ReadEcpRequest,
    answer: Answer,
    by?: { readonly principal: string; readonly decision: string },
  ) {
    await options.audit.record({
      type: 'saml-response-issued',
      outcome: answer.issued === undefined ? 'failure' : 'success',
      reason: answer.status,
      domain,
      application: partner.entityId,
      sourceAddress: request.ip,
      ...by,
    });
    const headers = writeEcpHeaders({ acsUrl: answer.acsUrl, requestAuthenticated: isSigned });
    return sendSoap(reply, writeSoap(answer.xml, headers));
  }

  /** 401 asks for evidence, as far as the mechanisms can ask; the client sends the same message again with it. */
  function challenge(request: FastifyRequest, reply: FastifyReply, decision: string) {
    const { hasHeaders, headers } = challengesOf(entrance.mechanisms, mechanismRequestOf(request, request.url));
    if (hasHeaders) reply.headers(headers);
    return sendSoapFault(reply, hasHeaders ? 401 : 403, {
      code: 'Client',
      text: 'Nobody has been signed in.',
      error: 'ERR_ACCESS_DENIED',
      decision,
    });
  }

  async function recordAnonymous(request: FastifyRequest, partner: string, reason: string): Promise<string> {
    const event = await options.audit.record({
      type: 'saml-request-refused',
      outcome: 'failure',
      reason,
      domain,
      application: partner,
      sourceAddress: request.ip,
    });
    return event.id;
  }

  /** A factor that only a page can ask for is asked for by nobody here: the domain then refuses. */
  function authenticate(request: FastifyRequest, { partner }: ReadEcpRequest, factors: readonly Factor[]) {
    return entrance.begin(mechanismRequestOf(request, request.url)).authenticate(() => ({
      sourceAddress: request.ip,
      application: partner.displayName,
      ...(factors.length === 0 ? {} : { factors }),
    }));
  }

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    read: ReadEcpRequest,
    decided: Decided,
    { subject, trace }: Proved,
  ) {
    await options.requestUse.use(read.accepted);
    reply.headers(await decided.complete());
    const entry = options.sessions.vouch({
      domain,
      subject,
      mechanism: decided.mechanism,
      factors: decided.factors,
      confidential: isProtectedTransport(request),
      decision: trace.id,
    });
    const made = await answers.assertion(read.accepted, read.partner, entry, undefined);
    return send(request, reply, read, made, { principal: entry.principal, decision: trace.id });
  }

  return async (request, reply, arrived) => {
    const read = await options.readRequest(arrived);
    const { partner, accepted } = read;
    const { authnContext } = accepted;
    const factors = options.authnContexts.factorsFor(authnContext, options.provable, isProtectedTransport(request));
    if (accepted.refusal !== undefined || factors === undefined) {
      const refusal = accepted.refusal ?? byResponder('NoAuthnContext');
      return send(request, reply, read, await answers.refusal(accepted, partner, refusal));
    }
    const decided = await authenticate(request, read, factors);
    if (decided.status !== 'decided') {
      const reason = decided.status === 'none' ? 'not-authenticated' : 'malformed-evidence';
      return challenge(request, reply, await recordAnonymous(request, partner.entityId, reason));
    }
    const { result } = decided;
    if (result.status === 'authenticated') return answer(request, reply, read, decided, result);
    const decision = result.trace.id;
    if (result.status === 'denied' && result.reason === 'unavailable') {
      throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'nobody could be asked who this is', { facts: { decision } });
    }
    return challenge(request, reply, decision);
  };
}
