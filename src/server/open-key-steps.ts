/** @module The steps of a key roll-over on a home, as its configuration names keys and audit. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Configuration } from '../config/configuration.ts';
import type { SigningConfiguration } from '../config/saml-configuration.ts';
import type { KeySide } from '../spi/key-ring.ts';
import { type AdministrationParts, administrationTrail } from './administration-trail.ts';
import type { Closers } from './closers.ts';
import { type ConfiguredKey, createKeySteps, type KeySteps } from './key-steps.ts';
import { privateKeysOf, ringStoreOf } from './own-keys.ts';

export interface OpenKeyStepsParts extends AdministrationParts {
  readonly configuration: Configuration;
}

export function openKeySteps(home: HomeFolder, parts: OpenKeyStepsParts, closers: Closers): KeySteps {
  return createKeySteps({
    home,
    store: ringStoreOf(home),
    privateKeys: privateKeysOf(home),
    configured: configuredKeys(parts.configuration),
    clock: systemClock,
    record: administrationTrail(home, parts, closers),
  });
}

/** What signs while there is no ring. */
function configuredKeys({ samlIdp, samlSp }: Configuration): readonly ConfiguredKey[] {
  const ofSide = (side: KeySide, signing: SigningConfiguration | undefined) =>
    signing === undefined ? [] : [{ side, key: signing.key, certificate: signing.certificate }];
  return [...ofSide('idp', samlIdp?.signing), ...ofSide('sp', samlSp?.signing)];
}
