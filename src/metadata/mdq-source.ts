/** @module Partners that a metadata query server knows (draft-young-md-query): asked for when they are needed, and then remembered. */
import { createHash } from 'node:crypto';
import type { Clock } from '../spi/clock.ts';
import type { FetchDocument } from '../spi/document-fetch.ts';
import { GatehouseError, isUnavailable } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import type { DocumentCopy } from './document-source.ts';
import { metadataMediaType } from './document-source.ts';
import type { EntitySet } from './entity-set.ts';
import type { KnownEntity } from './partner-table.ts';
import type { PartnerSource } from './partners.ts';
import type { SourceState } from './source-state.ts';

export interface MdqSourceOptions<P> {
  readonly name: string;
  readonly pinned: boolean;
  /** Ends with a slash. */
  readonly baseUrl: string;
  /** How an entity is named in the URL: by its entityID, or by the SHA-1 of it, which servers made of files want. */
  readonly identifiers: 'entity-id' | 'sha1';
  readonly fetch: FetchDocument;
  readonly load: (bytes: Buffer) => Promise<EntitySet<P>>;
  readonly refreshMs: number;
  /** The copies of single entities, by entityID. */
  readonly copies: {
    read(entityId: string): Promise<DocumentCopy | undefined>;
    write(entityId: string, copy: DocumentCopy): Promise<void>;
  };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly report: (outcome: 'success' | 'failure', reason: string, name: string) => Promise<void>;
}

export interface MdqSource<P> extends PartnerSource<P> {
  state(): SourceState;
  close(): Promise<void>;
}

/** Anybody can send a request with any issuer: what that may cost is bounded in connections, in time and in memory. */
const maxQueries = 16;
const maxKnown = 1000;
const maxUnknown = 10_000;
const unknownKeptMs = 5 * 60_000;
/** A server that does not answer is left alone for so long. */
const retryMs = 60_000;
/** While it does not answer, every further question would wait for its time limit. */
const downMs = 10_000;

interface Known<P> {
  readonly partner: P;
  readonly copy: DocumentCopy;
  readonly expiresAt: number;
}

export function createMdqSource<P extends KnownEntity>(options: MdqSourceOptions<P>): MdqSource<P> {
  const { clock, logger, name } = options;
  const known = new Map<string, Known<P>>();
  const unknown = new Map<string, number>();
  const asking = new Map<string, Promise<P | undefined>>();
  const stopping = new AbortController();
  let down: { readonly until: number; readonly error: GatehouseError } | undefined;
  let state: SourceState = { name, kind: 'mdq', pinned: options.pinned, partners: 0, failures: 0 };

  async function load(entityId: string, copy: DocumentCopy): Promise<Known<P>> {
    const set = await options.load(copy.bytes);
    const [entry, second] = set.entries;
    // The answer is about what was asked, and about nothing else: a server may not answer for another entity.
    if (entry === undefined || second !== undefined || entry.entityId !== entityId) {
      throw new GatehouseError('ERR_SAML_METADATA', 'the answer is about another entity than was asked for');
    }
    const partner = entry.partner();
    if (partner.validUntil !== undefined && partner.validUntil <= clock.now()) {
      throw new GatehouseError('ERR_SAML_METADATA', 'the metadata has run out');
    }
    const keptMs = Math.min(options.refreshMs, set.cacheDurationMs ?? options.refreshMs);
    return { partner, copy, expiresAt: copy.fetchedAt + Math.max(keptMs, retryMs) };
  }

  function remember(entityId: string, entry: Known<P>): P {
    keep(known, entityId, entry, maxKnown);
    state = { ...state, partners: known.size, from: 'url', fetchedAt: entry.copy.fetchedAt };
    return entry.partner;
  }

  async function keepCopy(entityId: string, copy: DocumentCopy): Promise<void> {
    try {
      await options.copies.write(entityId, copy);
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      logger.warn({ source: name, ...error.facts }, 'no copy of the metadata could be kept');
    }
  }

  async function query(entityId: string, old: Known<P> | undefined): Promise<P | undefined> {
    const { etag, lastModified } = old?.copy ?? {};
    const url = `${options.baseUrl}entities/${identifierOf(entityId, options.identifiers)}`;
    const answer = await options.fetch({ url, accept: metadataMediaType, etag, lastModified }, stopping.signal);
    const fetchedAt = clock.now();
    if (answer.status === 'absent') {
      known.delete(entityId);
      keep(unknown, entityId, fetchedAt + unknownKeptMs, maxUnknown);
      return undefined;
    }
    if (answer.status === 'unchanged') {
      if (old === undefined)
        throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the metadata server says that nothing is unchanged');
      const copy = { ...old.copy, fetchedAt };
      const entry = await load(entityId, copy);
      // Written anew, so that it is not taken for one that nobody needs.
      await keepCopy(entityId, copy);
      return remember(entityId, entry);
    }
    const copy = { bytes: answer.bytes, etag: answer.etag, lastModified: answer.lastModified, fetchedAt };
    const entry = await load(entityId, copy);
    if (old === undefined) await options.report('success', 'metadata-read', entityId);
    await keepCopy(entityId, copy);
    return remember(entityId, entry);
  }

  /** What was known stays known until its metadata runs out; what was not is looked for among the copies. */
  async function withoutServer(entityId: string, old: Known<P> | undefined, error: unknown): Promise<P | undefined> {
    if (!(error instanceof GatehouseError)) throw error;
    if (error !== down?.error) await failed(error);
    const fallback = old ?? (await fromCopy(entityId));
    if (fallback === undefined) {
      if (isUnavailable(error)) throw error;
      keep(unknown, entityId, clock.now() + retryMs, maxUnknown);
      return undefined;
    }
    keep(known, entityId, { ...fallback, expiresAt: clock.now() + retryMs }, maxKnown);
    return fallback.partner;
  }

  async function failed(error: GatehouseError): Promise<void> {
    if (isUnavailable(error)) down = { until: clock.now() + downMs, error };
    const { problem } = error.facts;
    state = {
      ...state,
      failures: state.failures + 1,
      problem: problem === undefined ? error.message : String(problem),
    };
    logger.error({ source: name, code: error.code, problem: state.problem }, 'a partner could not be asked for');
    await options.report('failure', error.code, name);
  }

  async function fromCopy(entityId: string): Promise<Known<P> | undefined> {
    try {
      const copy = await options.copies.read(entityId);
      if (copy === undefined) return undefined;
      logger.warn({ source: name, entityId }, 'the copy of an earlier run is used');
      return await load(entityId, copy);
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      return undefined;
    }
  }

  async function look(entityId: string): Promise<P | undefined> {
    const old = known.get(entityId);
    try {
      if (down !== undefined && clock.now() < down.until) throw down.error;
      return await query(entityId, old);
    } catch (error) {
      return withoutServer(entityId, old, error);
    }
  }

  return {
    async find(entityId) {
      const now = clock.now();
      const entry = known.get(entityId);
      if (entry !== undefined && now < entry.expiresAt) return entry.partner;
      if (now < (unknown.get(entityId) ?? 0)) return undefined;
      const waiting = asking.get(entityId);
      if (waiting !== undefined) return waiting;
      if (asking.size >= maxQueries) {
        throw new GatehouseError('ERR_OVERLOADED', 'too many partners are being asked for at once', {
          facts: { source: name },
        });
      }
      const looking = look(entityId).finally(() => asking.delete(entityId));
      asking.set(entityId, looking);
      return looking;
    },
    state: () => state,
    async close() {
      stopping.abort();
      await Promise.allSettled(asking.values());
    },
  };
}

/** draft-young-md-query §2.2.1, draft-young-md-query-saml §3.1: percent-encoded, or `{sha1}` and the hash in hexadecimal. */
export function identifierOf(entityId: string, identifiers: MdqSourceOptions<never>['identifiers']): string {
  if (identifiers === 'entity-id') return encodeURIComponent(entityId);
  return encodeURIComponent(`{sha1}${createHash('sha1').update(entityId).digest('hex')}`);
}

function keep<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) break;
    map.delete(oldest);
  }
}
