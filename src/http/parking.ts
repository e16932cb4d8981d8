/** @module Requests that wait for a login: parked under an id, resumed on the path of the endpoint that parked them, claimed once. */
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { PendingLogin } from '../spi/pending-login.ts';

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

export interface Parking {
  /** Parks a request as of now. */
  park(request: Omit<PendingLogin, 'parkedAt'>): Promise<ParkedLogin>;
  /** @throws ERR_LOGIN_EXPIRED when nothing is parked under the id (any more). */
  read(id: string): Promise<ParkedLogin>;
  /** What the query parameter `pending` names, if it was parked by this endpoint. @throws ERR_REQUEST_MALFORMED, ERR_LOGIN_EXPIRED */
  resumed(request: FastifyRequest, resumePath: string): Promise<ParkedLogin>;
  /** To exactly one caller. @throws ERR_LOGIN_CLAIMED to every other. */
  claim(parked: ParkedLogin): Promise<PendingLogin>;
  /** Claims it and parks it again as it was, under an id that nobody knows yet. @throws ERR_LOGIN_CLAIMED */
  repark(parked: ParkedLogin): Promise<ParkedLogin>;
}

const parameter = 'pending';

export function createParking(options: { readonly pendingLogins: PendingLoginKeeper; readonly clock: Clock }): Parking {
  const { pendingLogins, clock } = options;

  async function read(id: string): Promise<ParkedLogin> {
    const pending = await pendingLogins.read(id);
    if (pending === undefined) throw new GatehouseError('ERR_LOGIN_EXPIRED', 'nothing is parked under this id');
    return { id, pending };
  }

  async function claim({ id }: ParkedLogin): Promise<PendingLogin> {
    const claimed = await pendingLogins.claim(id);
    if (claimed === undefined) throw new GatehouseError('ERR_LOGIN_CLAIMED', 'another request has claimed this login');
    return claimed;
  }

  return {
    read,
    claim,
    async park(request) {
      const pending: PendingLogin = { ...request, parkedAt: clock.now() };
      return { id: await pendingLogins.park(pending), pending };
    },
    async resumed(request, resumePath) {
      const id = new URLSearchParams(request.url.split('?', 2)[1] ?? '').getAll(parameter);
      const [only] = id;
      if (only === undefined || id.length > 1) {
        throw new GatehouseError('ERR_REQUEST_MALFORMED', 'one pending parameter is needed');
      }
      const parked = await read(only);
      if (parked.pending.resumePath !== resumePath) {
        throw new GatehouseError('ERR_LOGIN_EXPIRED', 'parked by another endpoint');
      }
      return parked;
    },
    async repark(parked) {
      const pending = await claim(parked);
      return { id: await pendingLogins.park(pending), pending };
    },
  };
}

/** Where a person proves who he is. */
export function signInPath({ id }: ParkedLogin): string {
  return `/login/${id}`;
}

/** Where the endpoint that parked the request goes on. */
export function resumeLocation({ id, pending }: ParkedLogin): string {
  return `${pending.resumePath}?${parameter}=${id}`;
}
