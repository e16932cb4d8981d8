/** @module Our metadata and our partners without a server: nothing is asked, nothing is written. */
import { createHash, type KeyObject } from 'node:crypto';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { createMemoryEphemeralStore } from '../adapters/memory-ephemeral-store.ts';
import { systemClock, systemRandom, systemTimers } from '../adapters/system-clock.ts';
import { type Configuration, publicUrlFor, type SamlIdpConfiguration } from '../config/configuration.ts';
import { createKeySightings } from '../engine/key-sightings.ts';
import type { PartnerEntry } from '../metadata/partner-table.ts';
import { fixedPartners } from '../metadata/partners.ts';
import type { SourceState } from '../metadata/source-state.ts';
import type { Partner } from '../protocols/saml-idp/partner.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import { Secret } from '../spi/secret.ts';
import { type Closers, createClosers } from './closers.ts';
import { openOwnKeys } from './own-keys.ts';
import { buildSamlIdp } from './saml-idp.ts';
import { openPartners } from './saml-partners.ts';
import { createSigners } from './signers.ts';

export interface OfflineSource {
  readonly state: SourceState;
  readonly partners: readonly OfflinePartner[];
}

export interface OfflinePartner {
  readonly entityId: string;
  readonly name?: string;
  readonly validUntil?: number;
  /** Kind and fingerprint of each key that may have signed. */
  readonly keys: readonly string[];
  readonly problem?: string;
}

/** The document as `/saml/idp/metadata` gives it, with an ID and a validUntil of its own. */
export async function openOwnMetadata(home: HomeFolder, configuration: Configuration, logger: Logger): Promise<string> {
  const { samlIdp } = configuration;
  if (samlIdp === undefined) throw new GatehouseError('ERR_NOT_FOUND', 'the configuration has no saml-idp');
  const [clock, random] = [systemClock, systemRandom];
  const ring = await openOwnKeys({ home, clock, logger, watch: false });
  const signers = createSigners({ home, ring, own: samlIdp.signing });
  for (const { signing } of samlIdp.partners) if (signing !== undefined) await signers.open(signing);
  const ephemeral = createMemoryEphemeralStore({ clock });
  try {
    const idp = await buildSamlIdp({
      ...{ configuration: samlIdp, home, clock, random, ephemeral, signers, sightings: createKeySightings(clock) },
      partners: fixedPartners([]),
      publicUrl: publicUrlFor(configuration, configuration.ports),
      pendingMs: configuration.login.pendingSeconds * 1000,
      // Nothing is judged and nobody is named here.
      schemasFolder: '',
      pairwiseKey: new Secret(new Uint8Array(32)),
      provable: [],
    });
    return await idp.metadata();
  } finally {
    await ephemeral.close();
  }
}

export async function openPartnersOffline(
  home: HomeFolder,
  { partners, signing }: SamlIdpConfiguration,
  logger: Logger,
): Promise<readonly OfflineSource[]> {
  const closers: Closers = createClosers();
  const [clock, random] = [systemClock, systemRandom];
  try {
    const ephemeral = closers.add(createMemoryEphemeralStore({ clock }), (store) => store.close());
    const opened = await openPartners(partners, {
      ...{ home, clock, random, closers, logger, ephemeral, timers: systemTimers, network: false },
      signers: createSigners({ home, ring: await openOwnKeys({ home, clock, logger, watch: false }), own: signing }),
      report: async () => undefined,
    });
    return opened.inspect().map(({ state, entries }) => ({ state, partners: entries.map(offlinePartner) }));
  } finally {
    await closers.closeAll();
  }
}

function offlinePartner(entry: PartnerEntry<Partner>): OfflinePartner {
  const { entityId } = entry;
  try {
    const { displayName, validUntil, signingKeys } = entry.partner();
    return {
      entityId,
      name: displayName,
      ...(validUntil === undefined ? {} : { validUntil }),
      keys: signingKeys.map(nameOfKey),
    };
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    return { entityId, keys: [], problem: error.message };
  }
}

/** Of the public key itself, not of its certificate: a certificate that was renewed for the same key changes nothing here. */
function nameOfKey(key: KeyObject): string {
  const spki = key.export({ type: 'spki', format: 'der' });
  const bits = key.asymmetricKeyDetails?.modulusLength ?? key.asymmetricKeyDetails?.namedCurve ?? '';
  return `${key.asymmetricKeyType} ${bits} sha256:${createHash('sha256').update(spki).digest('hex').slice(0, 16)}`;
}
