/** @module What lies between two legs of a Negotiate exchange: sealed in the shared store, taken once, for one pending login. */
import type { Clock, Random } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import { maxExchangeStateBytes, maxNegotiateLegs } from '../spi/kerberos-acceptor.ts';
import type { ModuleServices } from '../spi/module-services.ts';
import { Secret } from '../spi/secret.ts';
import { vaultKeyOf } from './vault/keys.ts';
import { openText, sealText } from './vault/seal.ts';

/** A browser answers by itself, at once. */
export const exchangeMs = 60_000;

export interface ExchangeLeg {
  readonly state: Secret<Uint8Array>;
  /** How many legs there were. */
  readonly legs: number;
}

export interface NegotiateExchanges {
  /** False: this exchange has had legs enough, or left more than it may. */
  put(exchange: string, leg: ExchangeLeg): Promise<boolean>;
  /** To one caller. `undefined`: no such exchange, on no node, or not one of ours. */
  take(exchange: string): Promise<ExchangeLeg | undefined>;
}

/** `exchange`: what all legs of one login have in common, unguessable. The state may hold a session key: it is sealed. */
export function createNegotiateExchanges(
  services: Pick<ModuleServices, 'sealingKey'> & {
    readonly ephemeral: EphemeralStore;
    readonly random: Random;
    readonly clock: Clock;
  },
): NegotiateExchanges {
  const keyOf = (exchange: string) => `negotiate:${exchange}`;
  const purpose = 'negotiate';
  const nonceBytes = 12;
  return {
    async put(exchange, { state, legs }) {
      const bytes = state.reveal();
      const key = await services.sealingKey(purpose, true);
      if (key === undefined || legs >= maxNegotiateLegs || bytes.length > maxExchangeStateBytes) return false;
      const text = new Secret(`${legs} ${Buffer.from(bytes).toString('base64url')}`);
      const sealed = sealText(vaultKeyOf(key.reveal()), exchange, text, services.random.bytes(nonceBytes));
      const value = [sealed.nonce, sealed.bytes].map((part) => Buffer.from(part).toString('base64url')).join('.');
      await services.ephemeral.put(keyOf(exchange), value, exchangeMs);
      return true;
    },
    async take(exchange) {
      const value = await services.ephemeral.take(keyOf(exchange));
      const key = value === undefined ? undefined : await services.sealingKey(purpose, false);
      if (value === undefined || key === undefined) return undefined;
      const [nonce = '', bytes = ''] = value.split('.');
      const sealed = { nonce: Buffer.from(nonce, 'base64url'), bytes: Buffer.from(bytes, 'base64url') };
      const [legs, state = ''] = openText(vaultKeyOf(key.reveal()), exchange, sealed)?.reveal().split(' ') ?? [];
      if (legs === undefined) return undefined;
      return { legs: Number(legs), state: new Secret(Buffer.from(state, 'base64url')) };
    },
  };
}
