/** @module Single logout on either side (saml-profiles §4.4): sessions that a partner may end, and answers to our requests. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditTrail } from '../engine/audit-trail.ts';
import type { Logouts } from '../engine/logout.ts';
import type { Telling } from '../engine/logout-telling.ts';
import type { LogoutTickets } from '../engine/logout-tickets.ts';
import type { SsoSessions } from '../engine/sso-sessions.ts';
import { sendBrowserMessage } from '../http/browser-message.ts';
import { logoutLocation } from '../http/logout-location.ts';
import type { Clock } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { LogoutRecord } from '../spi/logout-ledger.ts';
import type { FoundSession, Participant } from '../spi/sso-store.ts';
import type { NamedPerson } from '../wire/saml/logout-request.ts';
import type { LogoutStatus } from '../wire/saml/logout-response.ts';
import { parseLogoutResponse } from '../wire/saml/logout-response.ts';
import { writeSoap } from '../wire/saml/soap.ts';
import type { JudgedAnswer, LogoutAnswerJudge } from './logout-answer.ts';
import type { LogoutMessages } from './logout-messages.ts';
import { statusOf } from './logout-messenger.ts';
import type { LogoutPartner, LogoutPartners, LogoutSide } from './logout-partner.ts';
import type { AcceptedLogout, ArrivedLogout, LogoutReader } from './logout-request-reader.ts';
import { findRequest, takeRequest, type WaitingRequest } from './logout-waiting.ts';
import { browserEndpointOf } from './logout-way.ts';

export interface SingleLogoutOptions<P extends LogoutPartner> {
  readonly side: LogoutSide;
  /** Ours. */
  readonly entityId: string;
  readonly partners: LogoutPartners<P>;
  readonly readLogout: LogoutReader<P>;
  readonly judgeAnswer: LogoutAnswerJudge;
  readonly messages: LogoutMessages<P>;
  readonly sessions: SsoSessions;
  readonly logouts: Logouts;
  readonly telling: Pick<Telling, 'firstRound'>;
  readonly tickets: LogoutTickets;
  readonly ephemeral: EphemeralStore;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly domain: string;
  readonly sloUrl: string;
  /** How long a partner that asked by SOAP waits for those that are told by SOAP. */
  readonly answerMs: number;
}

export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface SingleLogout {
  asked(on: Exchange, arrived: ArrivedLogout, relayState: string | undefined): Promise<FastifyReply>;
  /** The envelope that answers. */
  askedBySoap(arrived: ArrivedLogout, sourceAddress: string): Promise<string>;
  answered(on: Exchange, arrived: ArrivedLogout): Promise<FastifyReply>;
}

/** Long enough to read a sentence. */
const refusalShownSeconds = 4;

export function createSingleLogout<P extends LogoutPartner>(options: SingleLogoutOptions<P>): SingleLogout {
  const { side, readLogout, messages, sessions, logouts, tickets, ephemeral, clock } = options;

  /** Only what was given to this very partner: with another's name or index it finds nothing. */
  async function sessionsOf({ partner, name, sessionIndexes }: AcceptedLogout<P>): Promise<readonly FoundSession[]> {
    const claim = { kind: side.kind, name: partner.entityId, nameId: name.value, nameIdFormat: name.format } as const;
    const claims =
      sessionIndexes.length === 0 ? [claim] : sessionIndexes.map((sessionIndex) => ({ ...claim, sessionIndex }));
    const found = (await Promise.all(claims.map((one) => sessions.findByParticipant(one)))).flat();
    const meant = found.filter(({ entry }) => entry.participants.some((one) => isMeant(one, partner, name)));
    return [...new Map(meant.map((one) => [one.key, one])).values()];
  }

  /** What an identity provider calls somebody is a name for one application of ours, and in the domain that qualifies it (saml-core §3.3.4). */
  function isMeant(one: Participant, { entityId }: P, name: NamedPerson): boolean {
    if (one.kind !== side.kind || one.name !== entityId) return false;
    if (side.kind === 'saml') return true;
    return (
      one.application === side.application &&
      (one.nameQualifier ?? entityId) === (name.nameQualifier ?? entityId) &&
      (one.spNameQualifier ?? options.entityId) === (name.spNameQualifier ?? options.entityId)
    );
  }

  /** Ends them all before anybody is answered. A browser can follow one of them only. */
  async function endAll(
    accepted: AcceptedLogout<P>,
    found: readonly FoundSession[],
    sourceAddress: string,
    answerTo?: LogoutRecord['answerTo'],
  ): Promise<readonly LogoutRecord[]> {
    const records: LogoutRecord[] = [];
    for (const session of found) {
      const first = answerTo !== undefined && records.length === 0;
      const record = await logouts.begin({
        ...session,
        cause: 'partner',
        sourceAddress,
        browser: first,
        askedBy: { kind: side.kind, name: accepted.partner.entityId },
        ...(first ? { answerTo } : {}),
      });
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  async function recordUnknown({ partner }: AcceptedLogout<P>, sourceAddress: string): Promise<void> {
    await options.audit.record({
      type: 'saml-request-refused',
      outcome: 'failure',
      reason: 'unknown-session',
      domain: options.domain,
      application: partner.entityId,
      sourceAddress,
    });
  }

  async function answerNow(
    reply: FastifyReply,
    { partner, id }: AcceptedLogout<P>,
    status: LogoutStatus,
    relayState: string | undefined,
  ): Promise<FastifyReply> {
    const endpoint = browserEndpointOf(partner);
    if (endpoint === undefined) {
      throw new GatehouseError('ERR_SAML_UNSUPPORTED', "the partner's metadata names no place for our answer", {
        facts: { partner: partner.entityId },
      });
    }
    const message = await messages.answerByBrowser(endpoint, { partner, inResponseTo: id, status, relayState });
    return sendBrowserMessage(reply, message, partner.displayName);
  }

  /** An answer that is refused says nothing about the session there; the person goes on from the page that says so. */
  async function believed(
    reply: FastifyReply,
    back: string,
    waiting: WaitingRequest,
    judge: () => Promise<JudgedAnswer>,
  ) {
    try {
      return await judge();
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      const who = { kind: side.kind, name: waiting.partner };
      await logouts.settle(waiting.logout, who, 'invalid-answer', { detail: error.code });
      reply.header('refresh', `${refusalShownSeconds}; url=${back}`);
      throw error;
    }
  }

  return {
    async asked({ request, reply }, arrived, relayState) {
      const accepted = await readLogout(arrived);
      const found = await sessionsOf(accepted);
      if (found.length === 0) {
        await recordUnknown(accepted, request.ip);
        return answerNow(reply, accepted, 'UnknownPrincipal', relayState);
      }
      const { partner, id: requestId } = accepted;
      const state = relayState === undefined ? {} : { relayState };
      const answerTo = { ...side, partner: partner.entityId, requestId, ...state };
      const [first] = await endAll(accepted, found, request.ip, answerTo);
      // Somebody else ended it in this moment, and tells the others.
      if (first === undefined) return answerNow(reply, accepted, 'Success', relayState);
      return reply.redirect(logoutLocation(tickets.issue(first.id)), 303);
    },
    async askedBySoap(arrived, sourceAddress) {
      const accepted = await readLogout(arrived);
      const found = await sessionsOf(accepted);
      if (found.length === 0) await recordUnknown(accepted, sourceAddress);
      const begun = await endAll(accepted, found, sourceAddress);
      await Promise.all(begun.map(({ id }) => options.telling.firstRound(id, options.answerMs)));
      const records = await Promise.all(begun.map(async (record) => (await logouts.find(record.id)) ?? record));
      const partial = records.some((record) => statusOf(record) === 'PartialLogout');
      const status = found.length === 0 ? 'UnknownPrincipal' : partial ? 'PartialLogout' : 'Success';
      return writeSoap(await messages.answer({ partner: accepted.partner, inResponseTo: accepted.id, status }));
    },
    async answered({ reply }, arrived) {
      const { inResponseTo } = parseLogoutResponse(arrived.message);
      const waiting = await findRequest(ephemeral, side, inResponseTo);
      if (waiting === undefined) {
        throw new GatehouseError('ERR_SAML_REPLAYED', 'no request of ours waits for this answer');
      }
      const partner = await options.partners.find(waiting.partner, clock.now());
      const expected = { partner, inResponseTo, sloUrl: options.sloUrl, authenticated: false };
      const back = logoutLocation(tickets.issue(waiting.logout));
      const judged = await believed(reply, back, waiting, () =>
        options.judgeAnswer(arrived.document, arrived.message, expected, arrived.redirect),
      );
      if ((await takeRequest(ephemeral, side, inResponseTo)) === undefined) {
        throw new GatehouseError('ERR_SAML_REPLAYED', 'this request of ours has been answered');
      }
      const { outcome, detail } = judged;
      await logouts.settle(waiting.logout, { kind: side.kind, name: waiting.partner }, outcome, { detail });
      return reply.redirect(back, 303);
    },
  };
}
