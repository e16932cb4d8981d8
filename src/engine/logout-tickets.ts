/** @module The ticket with which a browser follows its own logout: nobody can make one, and it names nobody. */
import type { Random } from '../spi/clock.ts';
import type { Secret } from '../spi/secret.ts';
import { createSealing } from './sealing.ts';

export interface LogoutTickets {
  issue(id: string): string;
  /** The id of the logout; `undefined` for what is no ticket of ours. */
  open(ticket: string): string | undefined;
}

export function createLogoutTickets(options: {
  readonly key: Secret<Uint8Array>;
  readonly random: Random;
}): LogoutTickets {
  const sealing = createSealing({ ...options, purpose: 'logout ticket' });
  return { issue: (id) => sealing.seal(id), open: (ticket) => sealing.open(ticket) };
}
