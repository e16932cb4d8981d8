/** @module Builds applications as SAML service providers: keys, identity providers, and what their endpoints need. */
import { createBackChannel } from '../adapters/back-channel.ts';
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { Metrics } from '../adapters/metrics.ts';
import { systemTimers } from '../adapters/system-clock.ts';
import type { ApplicationConfiguration, Configuration, SamlSpConfiguration } from '../config/configuration.ts';
import type { AuditTrail } from '../engine/audit-trail.ts';
import type { MechanismStack } from '../engine/mechanism-stack.ts';
import { createOpaqueCookie, type OpaqueCookie } from '../http/cookies.ts';
import { createWaitingCookie, type WaitingCookie } from '../http/waiting-cookie.ts';
import { type ArtifactResolver, createArtifactResolver } from '../protocols/saml-sp/artifact-resolver.ts';
import { createAssertionUse } from '../protocols/saml-sp/assertion-use.ts';
import { createIdentityProviders } from '../protocols/saml-sp/identity-providers.ts';
import { createKeptAnswers, type KeptAnswers } from '../protocols/saml-sp/kept-answer.ts';
import { createRequestIds, type RequestIds } from '../protocols/saml-sp/request-ids.ts';
import { createResponseAcceptance, type ResponseAcceptance } from '../protocols/saml-sp/response-acceptance.ts';
import { acsPath, metadataPath, type ServiceProvider } from '../protocols/saml-sp/service-provider.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import type { Logger } from '../spi/logger.ts';
import { nameIdFormats } from '../spi/name-id-formats.ts';
import type { Secret } from '../spi/secret.ts';
import { buildSpMetadata, type ConsumerServiceInput } from '../wire/saml/sp-metadata-writer.ts';
import type { Closers } from './closers.ts';
import { applicationEntrance } from './entrances.ts';
import { keptFor } from './kept-for.ts';
import type { OwnKeys } from './own-keys.ts';
import { openIdentityProviders } from './saml-identity-providers.ts';
import { openSamlSpKeys, type SamlSpKeys } from './saml-sp-keys.ts';
import { createSchemaWall } from './schema-wall.ts';
import type { SignerOf } from './signers.ts';

export interface SamlSpParts {
  readonly configuration: Configuration;
  /** By the names that parked requests carry: whoever can ask for SAML is a service provider. */
  readonly entrances: ReadonlyMap<string, MechanismStack>;
  readonly publicUrl: string;
  readonly home: HomeFolder;
  readonly ring: OwnKeys;
  readonly clock: Clock;
  readonly random: Random;
  readonly ephemeral: EphemeralStore;
  readonly audit: AuditTrail;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'watchMetadata'>;
  readonly closers: Closers;
  readonly schemasFolder: string;
  /** The installation's key, the same on every node. */
  readonly key: Secret<Uint8Array>;
}

export interface SamlSp {
  readonly serviceProviders: ReadonlyMap<string, ServiceProvider>;
  readonly signer: SignerOf;
  readonly keys: SamlSpKeys['keys'];
  readonly requestIds: RequestIds;
  readonly accept: ResponseAcceptance;
  readonly resolve: ArtifactResolver;
  readonly keptAnswers: KeptAnswers;
  readonly clockSkewMs: number;
  /** What browsers keep for us while they are at an identity provider. */
  readonly waiting: WaitingCookie;
  /** At which one they were last. */
  readonly choice: OpaqueCookie;
  /** What no application behind us may see or set. */
  readonly cookieNames: readonly string[];
}

/** As of the identity provider: consumers fetch metadata once a day or so; two weeks let one miss some. */
const metadataKeptMs = 60_000;
const metadataLifetimeMs = 14 * 24 * 3600_000;

/** A person waits for it, with a browser. */
const artifactMs = 5000;
const connectMs = 3000;

export async function buildSamlSp(configured: SamlSpConfiguration, parts: SamlSpParts): Promise<SamlSp> {
  const { clock, random, ephemeral, key } = parts;
  const keys = await openSamlSpKeys(parts, configured);
  const sources = await openIdentityProviders(configured.identityProviders, { ...parts, timers: systemTimers });
  const { signer } = keys;
  const requestIds = createRequestIds({ key, random });
  const { clockSkewMs } = configured;
  const waiting = createWaitingCookie({ name: 'GATEHOUSESAML', path: '/saml/sp/' });
  const choice = createOpaqueCookie('GATEHOUSEIDP');

  const spOf = (application: ApplicationConfiguration): ServiceProvider => {
    const { name, samlSp } = application;
    const wanted = samlSp?.identityProviders ?? configured.identityProviders.map((one) => one.key);
    const entityId = samlSp?.entityId ?? `${parts.publicUrl}${metadataPath(name)}`;
    const acsUrl = `${parts.publicUrl}${acsPath(name)}`;
    const responseBinding = samlSp?.responseBinding === 'artifact' ? 'HTTP-Artifact' : 'HTTP-POST';
    return {
      ...{ application: name, entityId, acsUrl, responseBinding },
      domain: application.securityDomain,
      entrance: applicationEntrance(name),
      frontPage: `${application.contextPath}/`,
      providers: createIdentityProviders(wanted.flatMap((one) => sources.get(one) ?? [])),
      metadata: keptFor(metadataKeptMs, clock, keys.revision, () =>
        metadataOf({ entityId, services: consumerServices(acsUrl, responseBinding) }, keys, parts),
      ),
    };
  };

  return {
    serviceProviders: new Map(applicationsOf(parts).map((one) => [one.name, spOf(one)])),
    signer,
    keys: keys.keys,
    requestIds,
    accept: createResponseAcceptance({
      ...{ requestIds, clock, clockSkewMs, decryption: keys.decryption },
      assertionUse: createAssertionUse({ ephemeral, clock }),
      validateSchema: createSchemaWall(parts.schemasFolder),
    }),
    resolve: createArtifactResolver({
      ...{ signer, clock, random, backChannel: createBackChannel({ connectMs }) },
      patience: () => AbortSignal.timeout(artifactMs),
    }),
    keptAnswers: createKeptAnswers({ ephemeral, random }),
    clockSkewMs,
    waiting,
    choice,
    cookieNames: [...waiting.names, ...choice.names],
  };
}

function applicationsOf({ configuration, entrances }: SamlSpParts): readonly ApplicationConfiguration[] {
  return configuration.applications.filter(({ name }) =>
    entrances.get(applicationEntrance(name))?.mechanisms.some((mechanism) => mechanism.name === 'SAML'),
  );
}

/** Posts are always taken; whoever wants artifacts says so by what comes first. */
function consumerServices(
  location: string,
  binding: ServiceProvider['responseBinding'],
): readonly ConsumerServiceInput[] {
  const post = { binding: 'HTTP-POST', location, index: 0 } as const;
  return binding === 'HTTP-POST' ? [post] : [{ binding, location, index: 1 }, post];
}

function metadataOf(
  { entityId, services }: { readonly entityId: string; readonly services: readonly ConsumerServiceInput[] },
  keys: SamlSpKeys,
  { clock, random }: Pick<SamlSpParts, 'clock' | 'random'>,
): Promise<string> {
  return buildSpMetadata(
    {
      id: `_${Buffer.from(random.bytes(20)).toString('hex')}`,
      entityId,
      certificates: keys.certificates(),
      encryptionCertificates: keys.encryptionCertificates(),
      consumerServices: services,
      nameIdFormats: [
        // Providers give the first that they have: a name that people know is what a domain can work with.
        nameIdFormats.unspecified,
        nameIdFormats.emailAddress,
        nameIdFormats.persistent,
        nameIdFormats.transient,
      ],
      validUntil: clock.now() + metadataLifetimeMs,
    },
    keys.signer(),
  );
}
