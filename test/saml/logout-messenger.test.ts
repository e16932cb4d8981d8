/** @module By which way a participant is told, as far as that is known when the session ends. */
import { describe, expect, test } from 'vitest';
import { createMemoryEphemeralStore } from '../../src/adapters/memory-ephemeral-store.ts';
import { createSamlMessenger } from '../../src/saml/logout-messenger.ts';
import type { LogoutPartner } from '../../src/saml/logout-partner.ts';
import { type ErrorCode, GatehouseError } from '../../src/spi/errors.ts';
import type { BindingName } from '../../src/wire/saml/constants.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const unused = async () => {
  throw new Error('nothing is sent here');
};

function wayTo(found: readonly BindingName[] | ErrorCode, nameId?: string) {
  const clock = createFakeClock();
  const messenger = createSamlMessenger<LogoutPartner>({
    side: { kind: 'saml' },
    partners: {
      async find(entityId) {
        if (typeof found === 'string') throw new GatehouseError(found, 'not found');
        const singleLogoutServices = found.map((binding) => ({ binding, location: 'https://partner.invalid/' }));
        return { entityId, displayName: 'Partner', signingKeys: [], onlyPrivate: undefined, singleLogoutServices };
      },
    },
    messages: { request: unused, requestByBrowser: unused, answerByBrowser: unused, answer: unused },
    judgeAnswer: unused,
    backChannel: unused,
    ephemeral: createMemoryEphemeralStore({ clock }),
    clock,
  });
  return messenger.wayTo({ kind: 'saml', name: 'urn:partner', ...(nameId === undefined ? {} : { nameId }) });
}

describe('the way to a participant', () => {
  test.each<[readonly BindingName[] | ErrorCode, 'back' | 'front' | 'none']>([
    [['HTTP-Redirect', 'SOAP'], 'back'],
    [['HTTP-POST'], 'front'],
    [[], 'none'],
    ['ERR_SAML_UNKNOWN_PARTNER', 'none'],
    // It is asked for again when it is told: nobody stays signed in because of that.
    ['ERR_STORE_UNAVAILABLE', 'back'],
  ])('with %j is %s', async (found, way) => {
    expect((await wayTo(found, 'eric')).way).toBe(way);
  });

  test('is none to one that was given no name', async () => {
    expect((await wayTo(['SOAP'])).way).toBe('none');
  });
});
