/** @module Builds what applications as SAML service providers need for single logout, each under its own name. */
import { type LogoutMessenger, routedMessenger } from '../engine/logout-messenger.ts';
import type { IdentityProvider } from '../protocols/saml-sp/identity-provider.ts';
import type { ServiceProvider } from '../protocols/saml-sp/service-provider.ts';
import { createLogoutAnswerJudge } from '../saml/logout-answer.ts';
import { createLogoutMessages } from '../saml/logout-messages.ts';
import { createSamlMessenger } from '../saml/logout-messenger.ts';
import { createLogoutReader, maxLogoutAgeMs } from '../saml/logout-request-reader.ts';
import { createRequestUse } from '../saml/request-use.ts';
import type { SingleLogoutOptions } from '../saml/single-logout.ts';
import type { BackChannel } from '../spi/back-channel.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import type { DecryptionOptions } from '../wire/xml/decrypt.ts';
import type { SignerOf } from './signers.ts';

export interface SamlSpLogoutParts {
  readonly signer: SignerOf;
  readonly decryption: () => Pick<DecryptionOptions, 'keys'>;
  readonly backChannel: BackChannel;
  readonly clock: Clock;
  readonly random: Random;
  readonly ephemeral: EphemeralStore;
  readonly clockSkewMs: number;
  readonly validateSchema: (xml: string) => Promise<void>;
}

export type ServiceProviderLogout = Pick<
  SingleLogoutOptions<IdentityProvider>,
  'side' | 'entityId' | 'partners' | 'readLogout' | 'judgeAnswer' | 'messages' | 'domain' | 'sloUrl'
>;

export interface SamlSpLogout {
  /** By the name of the application. */
  readonly logoutSides: ReadonlyMap<string, ServiceProviderLogout>;
  /** Tells the identity providers, each as the application for which the person signed in there. */
  readonly messenger: LogoutMessenger;
}

export function buildSamlSpLogout(applications: Iterable<ServiceProvider>, parts: SamlSpLogoutParts): SamlSpLogout {
  const { signer, clock, random, ephemeral, clockSkewMs, validateSchema, backChannel } = parts;
  const requestUse = createRequestUse({ ephemeral, keepMs: maxLogoutAgeMs + 2 * clockSkewMs });
  const judgeAnswer = createLogoutAnswerJudge(validateSchema);
  const sides = new Map<string, ServiceProviderLogout>();
  const messengers = new Map<string, LogoutMessenger>();

  for (const { application, domain, entityId, sloUrl, providers: partners } of applications) {
    const side = { kind: 'identity-provider', application } as const;
    const messages = createLogoutMessages<IdentityProvider>({
      ...{ entityId, clock, random },
      signerFor: (provider) => signer(provider.entityId),
      encryptFor: () => undefined,
    });
    const readLogout = createLogoutReader<IdentityProvider>({
      ...{ partners, clock, requestUse, sloUrl, clockSkewMs, validateSchema },
      decryption: ({ settings }) => ({ ...parts.decryption(), ciphers: settings.decryptionCiphers }),
    });
    sides.set(application, { side, entityId, partners, readLogout, judgeAnswer, messages, domain, sloUrl });
    const telling = { side, partners, messages, judgeAnswer, backChannel, ephemeral, clock };
    messengers.set(application, createSamlMessenger(telling));
  }
  return {
    logoutSides: sides,
    messenger: routedMessenger(({ application = '' }) => messengers.get(application)),
  };
}
