/** @module Where a browser follows its logout: one address for whoever sends it there. */

/** @param ticket of the engine's `LogoutTickets`. */
export function logoutLocation(ticket: string): string {
  return `/logout/${ticket}`;
}
