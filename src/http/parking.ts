/** @module Requests that wait for a login: parked for one browser, resumed on the path of the endpoint that parked them, claimed once. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { PendingLogin } from '../spi/pending-login.ts';
import type { BrowserKey } from './browser-key.ts';

/** The engine's pending logins, as this floor sees them. */
export interface PendingLoginKeeper {
  park(pending: PendingLogin): Promise<string>;
  read(id: string): Promise<PendingLogin | undefined>;
  claim(id: string): Promise<PendingLogin | undefined>;
}

export interface ParkedLogin {
  readonly id: string;
  readonly pending: PendingLogin;
}

export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface Parking {
  /** Parks a request as of now, for the browser that sent it. */
  park(on: Exchange, request: Parked): Promise<ParkedLogin>;
  /** The same from a cross-site POST, with which the browser sends no key: it is bound when the browser comes back with one. */
  parkUnbound(request: Parked): Promise<ParkedLogin>;
  /** Binds what is not bound yet. */
  bind(on: Exchange, parked: ParkedLogin): Promise<ParkedLogin>;
  /** What this browser may log in with. @throws ERR_LOGIN_EXPIRED, ERR_REQUEST_FORGED when it was parked for another. */
  read(request: FastifyRequest, id: string): Promise<ParkedLogin>;
  /**
   * What the query parameter `pending` names, if it was parked by this endpoint and not for another browser.
   * @throws ERR_REQUEST_MALFORMED, ERR_LOGIN_EXPIRED, ERR_REQUEST_FORGED
   */
  resumed(request: FastifyRequest, resumePath: string): Promise<ParkedLogin>;
  /** To exactly one caller. @throws ERR_LOGIN_CLAIMED to every other. */
  claim(parked: ParkedLogin): Promise<PendingLogin>;
  /** Claims it and parks it again under an id that nobody knows yet, for a browser with a new key. @throws ERR_LOGIN_CLAIMED */
  repark(on: Exchange, parked: ParkedLogin): Promise<ParkedLogin>;
}

export type Parked = Omit<PendingLogin, 'parkedAt' | 'browser'>;

const parameter = 'pending';

export function createParking(options: {
  readonly pendingLogins: PendingLoginKeeper;
  readonly browserKey: BrowserKey;
  readonly clock: Clock;
}): Parking {
  const { pendingLogins, browserKey, clock } = options;

  async function put(pending: PendingLogin): Promise<ParkedLogin> {
    return { id: await pendingLogins.park(pending), pending };
  }

  async function find(request: FastifyRequest, id: string): Promise<ParkedLogin> {
    const pending = await pendingLogins.read(id);
    if (pending === undefined) throw new GatehouseError('ERR_LOGIN_EXPIRED', 'nothing is parked under this id');
    if (pending.browser !== undefined && !browserKey.is(request, pending.browser)) {
      throw new GatehouseError('ERR_REQUEST_FORGED', 'this login was begun in another browser');
    }
    return { id, pending };
  }

  async function claim({ id }: ParkedLogin): Promise<PendingLogin> {
    const claimed = await pendingLogins.claim(id);
    if (claimed === undefined) throw new GatehouseError('ERR_LOGIN_CLAIMED', 'another request has claimed this login');
    return claimed;
  }

  return {
    claim,
    park: ({ request, reply }, what) =>
      put({ ...what, parkedAt: clock.now(), browser: browserKey.nameOf(request, reply) }),
    parkUnbound: (what) => put({ ...what, parkedAt: clock.now() }),
    async bind({ request, reply }, parked) {
      if (parked.pending.browser !== undefined) return parked;
      return put({ ...parked.pending, browser: browserKey.nameOf(request, reply) });
    },
    async read(request, id) {
      const parked = await find(request, id);
      if (parked.pending.browser === undefined) {
        throw new GatehouseError('ERR_REQUEST_FORGED', 'this login is not for any browser yet');
      }
      return parked;
    },
    async resumed(request, resumePath) {
      const ids = new URLSearchParams(request.url.split('?', 2)[1] ?? '').getAll(parameter);
      const [only] = ids;
      if (only === undefined || ids.length > 1) {
        throw new GatehouseError('ERR_REQUEST_MALFORMED', 'one pending parameter is needed');
      }
      const parked = await find(request, only);
      if (parked.pending.resumePath !== resumePath) {
        throw new GatehouseError('ERR_LOGIN_EXPIRED', 'parked by another endpoint');
      }
      return parked;
    },
    async repark({ reply }, parked) {
      return put({ ...(await claim(parked)), browser: browserKey.renew(reply) });
    },
  };
}

/** Where a person proves who he is. */
export function signInPath({ id }: ParkedLogin): string {
  return `/login/${id}`;
}

/** A path of ours that takes a parked request, such as one from where people are sent to prove elsewhere who they are. */
export function pathWithParked(path: string, { id }: Pick<ParkedLogin, 'id'>): string {
  return `${path}?${parameter}=${id}`;
}

const otherAccount = 'account';

/** The sign-in page for somebody who does not want to be who his desktop says. */
export function otherAccountPath(parked: ParkedLogin): string {
  return `${signInPath(parked)}?${otherAccount}=other`;
}

export function asksForOther({ url }: FastifyRequest): boolean {
  return new URLSearchParams(url.split('?', 2)[1] ?? '').get(otherAccount) === 'other';
}

/** Where a browser is asked once whether it answers by itself. */
export function probePath({ id }: ParkedLogin): string {
  return `/spnego/${id}`;
}

/** Where the endpoint that parked the request goes on. */
export function resumeLocation({ id, pending }: ParkedLogin): string {
  return pathWithParked(pending.resumePath, { id });
}
