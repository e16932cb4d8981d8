/** @module Builds the SAML identity provider: its key, its partners, its reader and its answers. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { SamlIdpConfiguration } from '../config/configuration.ts';
import { metadataLifetimeMs } from '../engine/key-ring.ts';
import type { KeySightings } from '../engine/key-sightings.ts';
import { type Answers, createAnswers } from '../protocols/saml-idp/answer.ts';
import { type Artifacts, artifactPath, createArtifacts } from '../protocols/saml-idp/artifacts.ts';
import { type AuthnContexts, createAuthnContexts, defaultAuthnContexts } from '../protocols/saml-idp/authn-context.ts';
import { type Carrier, createCarrier } from '../protocols/saml-idp/carrier.ts';
import { createEcpRequestReader, type EcpRequestReader } from '../protocols/saml-idp/ecp-request-reader.ts';
import { sloPath } from '../protocols/saml-idp/endpoints.ts';
import { createKeptAssertions } from '../protocols/saml-idp/kept-assertions.ts';
import { createNameIdSource, type NameIdSource } from '../protocols/saml-idp/name-id.ts';
import type { SignerFor } from '../protocols/saml-idp/partner.ts';
import type { Partners } from '../protocols/saml-idp/partners.ts';
import type { QueryAnswersOptions } from '../protocols/saml-idp/query-answers.ts';
import { createRequestReader, maxRequestAgeMs, type RequestReader } from '../protocols/saml-idp/request-reader.ts';
import { createSignedQueries } from '../protocols/saml-idp/signed-queries.ts';
import { soapPath } from '../protocols/saml-idp/soap-endpoints.ts';
import { createRequestUse, type RequestUse } from '../saml/request-use.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import type { Factor } from '../spi/factors.ts';
import type { Secret } from '../spi/secret.ts';
import { nameIdFormats } from '../wire/saml/constants.ts';
import { buildIdpMetadata } from '../wire/saml/metadata-writer.ts';
import { keptFor } from './kept-for.ts';
import { openKeyFile } from './key-file.ts';
import { buildSamlLogout, type SamlLogout } from './saml-logout.ts';
import { createSchemaWall } from './schema-wall.ts';
import type { Signers } from './signers.ts';

export interface SamlIdpParts {
  readonly configuration: SamlIdpConfiguration;
  readonly partners: Partners;
  readonly sightings: KeySightings;
  /** With which the partners were opened: every certificate that may sign for one of them is in the metadata. */
  readonly signers: Signers;
  readonly publicUrl: string;
  readonly home: HomeFolder;
  readonly clock: Clock;
  readonly random: Random;
  readonly ephemeral: EphemeralStore;
  /** How long a request may wait for a login. */
  readonly pendingMs: number;
  readonly schemasFolder: string;
  /** What a login at its entrance can prove. */
  readonly provable: readonly Factor[];
  /** 32 bytes from which persistent names and session indexes follow. */
  readonly pairwiseKey: Secret<Uint8Array>;
}

export interface SamlIdp extends SamlLogout {
  readonly entityId: string;
  readonly partners: Partners;
  readonly readRequest: RequestReader;
  readonly answers: Answers;
  readonly artifacts: Artifacts;
  readonly carry: Carrier;
  readonly nameIds: NameIdSource;
  readonly authnContexts: AuthnContexts;
  /** What a login here can prove. */
  readonly provable: readonly Factor[];
  readonly requestUse: RequestUse;
  readonly readEcpRequest: EcpRequestReader;
  /** Everything that answers to questions need, but for the sessions that they are about. */
  readonly querying: Omit<QueryAnswersOptions, 'sessions' | 'domain'>;
  readonly metadata: () => Promise<string>;
  readonly metadataFetched: KeySightings['fetched'];
}

const metadataKeptMs = 60_000;

export async function buildSamlIdp(parts: SamlIdpParts): Promise<SamlIdp> {
  const { configuration, clock, random, partners, publicUrl, signers } = parts;
  const entityId = configuration.entityId ?? `${publicUrl}/saml/idp`;
  const ssoUrl = `${publicUrl}/saml/idp/sso`;
  const everybodys = await signers.open(configuration.signing);
  const signerFor: SignerFor = ({ entityId, settings }) => (settings.signer ?? everybodys)(entityId);
  const authnContexts = createAuthnContexts(configuration.authnContexts ?? defaultAuthnContexts);
  const scope = configuration.scope ?? new URL(publicUrl).hostname;
  const nameIds = createNameIdSource({
    pairwiseKey: parts.pairwiseKey,
    random,
    scope,
  });
  const clockSkewMs = configuration.clockSkewSeconds * 1000;
  const requestUse = createRequestUse({
    ephemeral: parts.ephemeral,
    keepMs: maxRequestAgeMs + 2 * clockSkewMs + parts.pendingMs,
  });
  const validateSchema = createSchemaWall(parts.schemasFolder);
  const { verified, confirmed } = parts.sightings;
  const reading = { partners, clock, requestUse, clockSkewMs, validateSchema, verified };
  const sloUrl = `${publicUrl}${sloPath}`;
  const artifactUrl = `${publicUrl}${artifactPath}`;
  const soapUrl = `${publicUrl}${soapPath}`;
  const queries = createSignedQueries(reading);
  const kept = createKeptAssertions({ ephemeral: parts.ephemeral, clock });
  const lifetime = { assertionLifetimeMs: configuration.assertionLifetimeSeconds * 1000, clockSkewMs };
  const keepsAssertions = configuration.partners.some(({ assertionsById }) => assertionsById === true);
  const artifacts = createArtifacts({
    entityId,
    artifactUrl,
    signerFor,
    ephemeral: parts.ephemeral,
    queries,
    clock,
    random,
  });
  return {
    entityId,
    ...buildSamlLogout({
      ...{ ...reading, sloUrl, entityId, signerFor, random, ephemeral: parts.ephemeral },
      ...{ decryption: signers.decryption, confirmed },
    }),
    partners,
    metadataFetched: parts.sightings.fetched,
    readRequest: createRequestReader({ ...reading, entityId, ssoUrl }),
    answers: createAnswers({
      entityId,
      signerFor,
      clock,
      random,
      nameIds,
      authnContexts,
      kept,
      ...lifetime,
    }),
    artifacts,
    carry: createCarrier({ artifacts, signerFor }),
    nameIds,
    authnContexts,
    provable: parts.provable,
    requestUse,
    readEcpRequest: createEcpRequestReader({ ...reading, entityId, soapUrl }),
    querying: {
      ...{ entityId, soapUrl, queries, kept, signerFor, nameIds, clock, random, ...lifetime },
      decryption: signers.decryption,
    },
    metadata: keptFor(metadataKeptMs, clock, signers.revision, () =>
      buildIdpMetadata(
        {
          id: `_${Buffer.from(random.bytes(20)).toString('hex')}`,
          entityId,
          certificates: signers.certificates(),
          encryptionCertificates: signers.encryptionCertificates(),
          ssoUrls: { redirect: ssoUrl, post: ssoUrl, soap: configuration.ecp ? soapUrl : undefined },
          sloUrl,
          artifactUrl,
          attributeUrl: soapUrl,
          assertionIdUrl: keepsAssertions ? soapUrl : undefined,
          scope,
          nameIdFormats: Object.values(nameIdFormats),
          wantAuthnRequestsSigned: false,
          validUntil: clock.now() + metadataLifetimeMs,
        },
        everybodys(),
      ),
    ),
  };
}

/** Made once: persistent names follow from it, so it belongs into every backup and onto every node. */
export function openPairwiseKey(home: HomeFolder, random: Random): Promise<Secret<Uint8Array>> {
  return openKeyFile(home, 'data/keys/pairwise-id.key', random);
}
