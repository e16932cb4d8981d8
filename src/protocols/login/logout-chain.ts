/** @module `/logout/:ticket`: takes a browser from one participant to the next, then back to who asked, or to the result. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logouts } from '../../engine/logout.ts';
import type { LogoutMessenger } from '../../engine/logout-messenger.ts';
import type { Telling } from '../../engine/logout-telling.ts';
import type { LogoutTickets } from '../../engine/logout-tickets.ts';
import { sendBrowserMessage } from '../../http/browser-message.ts';
import type { OpaqueCookie } from '../../http/cookies.ts';
import type { LiveSessions } from '../../http/live-session.ts';
import { logoutLocation } from '../../http/logout-location.ts';
import { sendPage } from '../../http/page.ts';
import type { EphemeralStore } from '../../spi/ephemeral-store.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { LogoutRecord } from '../../spi/logout-ledger.ts';
import { resultPage, stepPage } from './logout-page.ts';

export interface LogoutChainOptions {
  readonly logouts: Logouts;
  readonly telling: Pick<Telling, 'firstRound'>;
  readonly messenger: LogoutMessenger;
  readonly tickets: LogoutTickets;
  readonly ephemeral: EphemeralStore;
  readonly sessionCookie: OpaqueCookie;
  readonly liveSession: LiveSessions;
  /** How long a participant may take to answer before the person goes on without it, by either channel. */
  readonly answerMs: number;
}

/** The partner that asked is answered once; a browser that goes back gets the page. */
const answeredMs = 24 * 3600_000;

export function mountLogoutChain(app: FastifyInstance, options: LogoutChainOptions): void {
  const { logouts, messenger, tickets, ephemeral } = options;

  app.get<{ Params: { ticket: string }; Querystring: Record<string, unknown> }>(
    '/logout/:ticket',
    async (request, reply) => {
      const { ticket } = request.params;
      const id = tickets.open(ticket);
      const record = id === undefined ? undefined : await logouts.find(id);
      if (record === undefined) throw new GatehouseError('ERR_LOGIN_EXPIRED', 'there is no logout of this ticket');
      await clearDeadCookie(request, reply);
      return next(reply, ticket, await skipped(record, request.query['skip']));
    },
  );

  async function clearDeadCookie(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const id = options.sessionCookie.read(request);
    if (id !== undefined && (await options.liveSession(request)) === undefined) options.sessionCookie.clear(reply);
  }

  async function skipped(record: LogoutRecord, skip: unknown): Promise<LogoutRecord> {
    const participant =
      typeof skip === 'string' && /^\d{1,4}$/.test(skip) ? record.participants[Number(skip)] : undefined;
    if (participant?.channel !== 'front' || participant.outcome !== 'pending') return record;
    return (await logouts.settle(record.id, participant, 'no-answer')) ?? record;
  }

  async function next(reply: FastifyReply, ticket: string, record: LogoutRecord): Promise<FastifyReply> {
    const index = record.participants.findIndex(({ channel, outcome }) => channel === 'front' && outcome === 'pending');
    const participant = record.participants[index];
    if (participant === undefined) return end(reply, record);
    const told = record.participants.filter(({ channel }) => channel === 'front');
    const message = await messenger.frontMessage(record, participant);
    await logouts.attempted(record.id, participant);
    // The header moves the browser on without a script, and leaves the page there while it waits.
    if (message.method === 'GET') reply.header('refresh', `0; url=${message.url}`);
    const page = stepPage({
      message,
      participant,
      position: told.indexOf(participant) + 1,
      count: told.length,
      skipHref: `${logoutLocation(ticket)}?skip=${index}`,
      patienceMs: options.answerMs,
    });
    return sendPage(reply, 200, page);
  }

  async function end(reply: FastifyReply, { id, answerTo }: LogoutRecord): Promise<FastifyReply> {
    await options.telling.firstRound(id, options.answerMs);
    const record = await logouts.find(id);
    if (record === undefined) throw new GatehouseError('ERR_LOGIN_EXPIRED', 'there is no logout of this ticket');
    const answer = answerTo && (await messenger.answer(record));
    if (answerTo !== undefined && answer !== undefined && (await ephemeral.once(`logout-answered:${id}`, answeredMs))) {
      const title = record.participants.find(({ name }) => name === answerTo.partner)?.title ?? answerTo.partner;
      return sendBrowserMessage(reply, answer, title);
    }
    return sendPage(reply, 200, resultPage(record));
  }
}
