/** @module Tells SAML partners of a logout for the engine: by SOAP, or by a browser whose way back is found by the request's ID. */
import type { LogoutMessenger, Told } from '../engine/logout-messenger.ts';
import type { BackChannel } from '../spi/back-channel.ts';
import type { Clock } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import { type ErrorCode, GatehouseError, isUnavailable } from '../spi/errors.ts';
import { isConfirmed, type LogoutParticipant, type LogoutRecord } from '../spi/logout-ledger.ts';
import { readSoap, soapAction, soapContentType, writeSoap } from '../wire/saml/soap.ts';
import { messageLimits } from '../wire/xml/limits.ts';
import { parseXml } from '../wire/xml/parse.ts';
import type { ExpectedAnswer, LogoutAnswerJudge } from './logout-answer.ts';
import type { LogoutMessages } from './logout-messages.ts';
import type { LogoutPartner, LogoutPartners, LogoutSide } from './logout-partner.ts';
import { rememberRequest } from './logout-waiting.ts';
import { browserEndpointOf, logoutWayOf } from './logout-way.ts';

export interface SamlMessengerOptions<P extends LogoutPartner> {
  readonly side: LogoutSide;
  readonly partners: LogoutPartners<P>;
  readonly messages: LogoutMessages<P>;
  readonly judgeAnswer: LogoutAnswerJudge;
  readonly backChannel: BackChannel;
  readonly ephemeral: EphemeralStore;
  readonly clock: Clock;
}

/** An answer of the front channel that comes later than this belongs to a browser that went elsewhere. */
const frontMs = 30 * 60_000;

const unreadable: readonly ErrorCode[] = ['ERR_XML_MALFORMED', 'ERR_XML_FORBIDDEN', 'ERR_XML_LIMIT'];

export function createSamlMessenger<P extends LogoutPartner>(options: SamlMessengerOptions<P>): LogoutMessenger {
  const { side, partners, messages, backChannel, ephemeral, clock } = options;

  /** `undefined` for one that is registered no more, or whose metadata has run out. */
  async function partnerOf(name: string): Promise<P | undefined> {
    try {
      return await partners.find(name, clock.now());
    } catch (error) {
      if (error instanceof GatehouseError && error.code === 'ERR_SAML_UNKNOWN_PARTNER') return undefined;
      throw error;
    }
  }

  async function tell(partner: P, participant: LogoutParticipant, signal: AbortSignal): Promise<Told> {
    const way = logoutWayOf(partner);
    if (way?.way !== 'back') return { status: 'answered', outcome: 'refused', detail: 'no-back-channel-any-more' };
    const { id, xml } = await messages.request(partner, way.endpoint, participant);
    const url = way.endpoint.location;
    const headers = { 'content-type': `${soapContentType}; charset=utf-8`, soapaction: soapAction };
    const { maxBytes } = messageLimits;
    const sent = { url, body: writeSoap(xml), headers, maxBytes, onlyPrivate: partner.onlyPrivate };
    const answer = await backChannel(sent, signal);
    if (answer.status === 'unreachable') return { status: 'unreachable', detail: answer.reason };
    // SOAP 1.1 §6.2: a fault comes with 500.
    if (answer.httpStatus !== 200) return { status: 'unreachable', detail: `http-${answer.httpStatus}` };
    const text = Buffer.from(answer.body).toString('utf8');
    return judged(text, { partner, inResponseTo: id, authenticated: url.startsWith('https:') });
  }

  /** What cannot be read may be a proxy's page and is worth another attempt; what cannot be believed is not. */
  async function judged(text: string, expected: ExpectedAnswer): Promise<Told> {
    try {
      const document = parseXml(text);
      const body = readSoap(document);
      if (body.kind === 'fault') return { status: 'unreachable', detail: `fault-${body.code}` };
      return { status: 'answered', ...(await options.judgeAnswer(document, body.element, expected)) };
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      if (unreadable.some((code) => code === error.code)) return { status: 'unreachable', detail: error.code };
      return { status: 'answered', outcome: 'invalid-answer', detail: error.code };
    }
  }

  return {
    async wayTo({ name, nameId }) {
      let partner: P | undefined;
      try {
        partner = await partnerOf(name);
      } catch (error) {
        if (!(error instanceof GatehouseError) || !isUnavailable(error)) throw error;
        // Nobody stays signed in because a metadata service is away: it is asked again when the partner is told.
        return { title: name, way: 'back' };
      }
      // Whoever gave no name cannot be told whom it is about (saml-core §3.7.1).
      const way = partner && nameId !== undefined ? logoutWayOf(partner) : undefined;
      return { title: partner?.displayName ?? name, way: way?.way ?? 'none' };
    },
    async tell(_record, participant, signal) {
      const partner = await partnerOf(participant.name);
      if (partner === undefined) return { status: 'answered', outcome: 'refused', detail: 'not-registered-any-more' };
      return tell(partner, participant, signal);
    },
    async frontMessage(record, participant) {
      const partner = await partners.find(participant.name, clock.now());
      const endpoint = browserEndpointOf(partner);
      if (endpoint === undefined) {
        throw new GatehouseError('ERR_SAML_METADATA', 'the partner has no logout endpoint for a browser any more');
      }
      const { id, message } = await messages.requestByBrowser(partner, endpoint, participant);
      await rememberRequest(ephemeral, side, id, { logout: record.id, partner: participant.name }, frontMs);
      return message;
    },
    async answer(record) {
      const { answerTo } = record;
      const partner = answerTo && (await partnerOf(answerTo.partner));
      const endpoint = partner && browserEndpointOf(partner);
      if (answerTo === undefined || partner === undefined || endpoint === undefined) return undefined;
      return messages.answerByBrowser(endpoint, {
        partner,
        inResponseTo: answerTo.requestId,
        status: statusOf(record),
        relayState: answerTo.relayState,
      });
    },
  };
}

/** saml-core §3.7.3.2. */
export function statusOf(record: LogoutRecord): 'Success' | 'PartialLogout' {
  return record.participants.every(isConfirmed) ? 'Success' : 'PartialLogout';
}
