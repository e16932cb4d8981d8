import { createMemoryLogoutLedger } from '../../src/adapters/memory-logout-ledger.ts';
import { logoutLedgerConformance } from '../conformance/logout-ledger.ts';
import { createFakeClock } from '../support/fake-clock.ts';

logoutLedgerConformance('memory', async () => {
  const clock = createFakeClock();
  return {
    ledger: createMemoryLogoutLedger({ clock }),
    now: () => clock.now(),
    advance: async (ms) => clock.advance(ms),
  };
});
