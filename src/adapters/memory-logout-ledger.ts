/** @module The logout ledger in the memory of one process. A step is atomic because nothing else runs during it. */
import type { Clock } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { LogoutLedger } from '../spi/logout-ledger.ts';
import { createLogoutBook, withNote } from './logout-book.ts';

/** About 20 MB at 2 KB a logout. */
const maxFinished = 10_000;

export function createMemoryLogoutLedger({ clock }: { readonly clock: Clock }): LogoutLedger {
  const book = createLogoutBook(clock, maxFinished);
  let closed = false;

  function refuseWhenClosed(): void {
    if (closed) throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'The logout ledger is closed');
  }

  return {
    async write(record, lease) {
      refuseWhenClosed();
      book.put(record, lease);
    },
    async note(id, who, note) {
      refuseWhenClosed();
      const record = book.get(id);
      const noted = record && withNote(record, who, note);
      if (noted !== undefined) book.put(noted.record);
      return noted;
    },
    async find(id) {
      refuseWhenClosed();
      return book.get(id);
    },
    async claim(id, lease) {
      refuseWhenClosed();
      return book.claim(id, lease);
    },
    async unclaimed(limit) {
      refuseWhenClosed();
      return book.unclaimed(limit);
    },
    async list(limit) {
      refuseWhenClosed();
      return book.list(limit);
    },
    async remove(id) {
      refuseWhenClosed();
      book.remove(id);
    },
    async close() {
      closed = true;
      book.clear();
    },
  };
}
