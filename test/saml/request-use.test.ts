import { describe, expect, it } from 'vitest';
import { createMemoryEphemeralStore } from '../../src/adapters/memory-ephemeral-store.ts';
import { createRequestUse } from '../../src/saml/request-use.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function open() {
  const clock = createFakeClock();
  const ephemeral = createMemoryEphemeralStore({ clock, maxEntries: 1 });
  return { clock, use: createRequestUse({ ephemeral, keepMs: 1000 }) };
}

describe('the use of a request', () => {
  const request = { partner: 'urn:sp', id: '_1' };

  it('is refused a second time, and before that costs the store nothing', async () => {
    const { use } = open();
    await use.checkUnused(request);
    await use.checkUnused({ ...request, id: '_2' });
    await use.use(request);
    await expect(use.checkUnused(request)).rejects.toMatchObject({ code: 'ERR_SAML_REPLAYED' });
    await expect(use.use(request)).rejects.toMatchObject({ code: 'ERR_SAML_REPLAYED' });
  });

  it('is one of fifty at once', async () => {
    const { use } = open();
    const uses = await Promise.allSettled(Array.from({ length: 50 }, () => use.use(request)));
    expect(uses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is by partner and ID together', async () => {
    const { use, clock } = open();
    await use.use(request);
    await use.checkUnused({ partner: 'urn:other', id: '_1' });
    clock.advance(1000);
    await use.checkUnused(request);
  });

  it('is nothing where nobody asked', async () => {
    const { use } = open();
    await use.use({ partner: 'urn:sp' });
    await use.use({ partner: 'urn:sp' });
  });
});
