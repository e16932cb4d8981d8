import { describe, expect, it } from 'vitest';
import { createMemoryEphemeralStore } from '../../../src/adapters/memory-ephemeral-store.ts';
import { createKeptAssertions } from '../../../src/protocols/saml-idp/kept-assertions.ts';
import { createPartner } from '../../../src/protocols/saml-idp/partner.ts';
import { createFakeClock, FAKE_START } from '../../support/fake-clock.ts';

function open() {
  const clock = createFakeClock();
  return { clock, kept: createKeptAssertions({ ephemeral: createMemoryEphemeralStore({ clock }), clock }) };
}

function partner(entityId: string, assertionsById?: boolean) {
  return createPartner(
    {
      entityId,
      signingKeys: [],
      encryptionKeys: [],
      assertionConsumerServices: [{ binding: 'HTTP-POST', location: 'https://sp.invalid/acs', index: 0 }],
      singleLogoutServices: [],
      nameIdFormats: [],
      authnRequestsSigned: false,
    },
    { sign: 'assertion', roleAttribute: 'Role', assertionsById },
  );
}

const one = partner('urn:one', true);

describe('a kept assertion', () => {
  it('is found by its partner and ID, as often as asked', async () => {
    const { kept } = open();
    await kept.keep(one, '_1', '<a/>', FAKE_START + 1000);
    expect([await kept.find(one, ['_2', '_1']), await kept.find(one, ['_1'])]).toEqual([['<a/>'], ['<a/>']]);
  });

  it('is not found by another partner', async () => {
    const { kept } = open();
    await kept.keep(one, '_1', '<a/>', FAKE_START + 1000);
    expect(await kept.find(partner('urn:two', true), ['_1'])).toEqual([]);
  });

  it('goes when it has run out', async () => {
    const { kept, clock } = open();
    await kept.keep(one, '_1', '<a/>', FAKE_START + 1000);
    clock.advance(1000);
    expect(await kept.find(one, ['_1'])).toEqual([]);
  });

  it.each([
    ['is too long', one, 'x'.repeat(64 * 1024 + 1), FAKE_START + 1000],
    ['has run out', one, '<a/>', FAKE_START],
    ['is of a partner that is not configured so', partner('urn:one'), '<a/>', FAKE_START + 1000],
  ])('is none when it %s', async (_why, at, xml, until) => {
    const { kept } = open();
    await kept.keep(at, '_1', xml, until);
    expect(await kept.find(one, ['_1'])).toEqual([]);
  });
});
