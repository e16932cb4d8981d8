import { describe, expect, test } from 'vitest';
import { createMemoryEphemeralStore } from '../../../src/adapters/memory-ephemeral-store.ts';
import { createAssertionUse } from '../../../src/protocols/saml-sp/assertion-use.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { rejectionOf } from '../../support/thrown-code.ts';

function open() {
  const clock = createFakeClock();
  const ephemeral = createMemoryEphemeralStore({ clock });
  /** Two nodes of one cluster. */
  const nodes = [createAssertionUse({ ephemeral, clock }), createAssertionUse({ ephemeral, clock })] as const;
  const accepted = { issuer: 'https://idp', assertionId: '_1', acceptableUntil: clock.now() + 1000 };
  return { clock, nodes, accepted };
}

describe('an assertion', () => {
  test('that comes to two nodes at once is used by one', async () => {
    const { nodes, accepted } = open();
    const outcomes = await Promise.all([...nodes, ...nodes].map((use) => rejectionOf(use(accepted))));
    expect(outcomes.toSorted()).toEqual(['ERR_SAML_REPLAYED', 'ERR_SAML_REPLAYED', 'ERR_SAML_REPLAYED', undefined]);
  });

  test('is remembered as long as a copy would be accepted', async () => {
    const { clock, nodes, accepted } = open();
    await nodes[0](accepted);
    clock.advance(999);
    expect(await rejectionOf(nodes[1](accepted))).toBe('ERR_SAML_REPLAYED');
  });

  test('of another issuer with the same ID is another', async () => {
    const { nodes, accepted } = open();
    await nodes[0](accepted);
    expect(await rejectionOf(nodes[0]({ ...accepted, issuer: 'https://other' }))).toBeUndefined();
  });
});
