/** @module Answers that wait to be fetched: a browser carries an artifact, its partner resolves it, once (saml-bindings §3.6, saml-profiles §4.1). */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock, Random } from '../../spi/clock.ts';
import type { EphemeralStore } from '../../spi/ephemeral-store.ts';
import { buildArtifact, handleBytes, parseArtifact, sourceIdOf } from '../../wire/saml/artifact.ts';
import { parseArtifactResolve, signArtifactResponse } from '../../wire/saml/artifact-messages.ts';
import type { Partner, SignerFor } from './partner.ts';
import type { ArrivedQuery, SignedQueries } from './signed-queries.ts';

export const artifactPath = '/saml/idp/artifact';

export interface ArtifactsOptions {
  readonly entityId: string;
  readonly artifactUrl: string;
  readonly signerFor: SignerFor;
  readonly ephemeral: EphemeralStore;
  readonly queries: SignedQueries;
  readonly clock: Clock;
  readonly random: Random;
}

export interface Artifacts {
  /** What a browser carries in the place of the message. @throws ERR_STORE_UNAVAILABLE */
  issue(message: string, partner: Partner): Promise<string>;
  /** The answer to an ArtifactResolve, and who asked. */
  resolve(arrived: ArrivedQuery): Promise<{ readonly xml: string; readonly partner: Partner; readonly found: boolean }>;
}

/** The browser is on its way to the partner, which asks at once; a slow network and a queue are in it. */
const keptMs = 2 * 60_000;

/** The only resolution service that our metadata names. */
const endpointIndex = 0;
const idBytes = 20;

const keptMessage = z.object({ partner: z.string(), message: z.string() });

export function createArtifacts(options: ArtifactsOptions): Artifacts {
  const { entityId, ephemeral, clock, random } = options;
  const sourceId = sourceIdOf(entityId);

  /** Under its hash: whoever reads the keys of a store cannot resolve anything. */
  const keyOf = (handle: Uint8Array) => `saml-artifact:${createHash('sha256').update(handle).digest('base64url')}`;

  /** Another partner's question leaves the message where it is: it is not its to spend. */
  async function taken(artifact: string, partner: Partner): Promise<string | undefined> {
    const parsed = parseArtifact(artifact);
    if (parsed === undefined || Buffer.compare(parsed.sourceId, sourceId) !== 0) return undefined;
    const key = keyOf(parsed.handle);
    const seen = await ephemeral.get(key);
    if (seen === undefined || keptMessage.parse(JSON.parse(seen)).partner !== partner.entityId) return undefined;
    const kept = await ephemeral.take(key);
    return kept === undefined ? undefined : keptMessage.parse(JSON.parse(kept)).message;
  }

  return {
    async issue(message, { entityId: partner }) {
      const handle = random.bytes(handleBytes);
      await ephemeral.put(keyOf(handle), JSON.stringify({ partner, message }), keptMs);
      return buildArtifact({ endpointIndex, sourceId, handle });
    },
    async resolve(arrived) {
      const { partner, query } = await options.queries.accept(arrived, parseArtifactResolve, options.artifactUrl);
      const message = await taken(query.artifact, partner);
      const id = `_${Buffer.from(random.bytes(idBytes)).toString('hex')}`;
      const xml = await signArtifactResponse(
        { id, now: clock.now(), issuer: entityId, inResponseTo: query.id, message },
        options.signerFor(partner),
      );
      return { xml, partner, found: message !== undefined };
    },
  };
}
