/** @module One source of partners' metadata, put together: what it trusts, how it fetches, whose turn it is, where its copy is. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { setImmediate as pause } from 'node:timers/promises';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { pemBlocks } from '../adapters/pki/pem.ts';
import type { Resolve } from '../adapters/web/addresses.ts';
import { createDocumentFetch } from '../adapters/web/document-fetch.ts';
import { createDocumentFiles } from '../adapters/web/document-file.ts';
import type { PartnerSourceConfiguration } from '../config/configuration.ts';
import { createDocumentSource, type DocumentSource } from '../metadata/document-source.ts';
import { type EntityRole, type EntitySet, loadEntitySet } from '../metadata/entity-set.ts';
import { createMdqSource, type MdqSource } from '../metadata/mdq-source.ts';
import type { KnownEntity } from '../metadata/partner-table.ts';
import { createTurn } from '../metadata/turn.ts';
import type { Clock, Random, Timers } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import type { Logger } from '../spi/logger.ts';
import { aggregateLimits } from '../wire/xml/limits.ts';
import { mdqCopies } from './mdq-copies.ts';
import { documentCopies, pinFault } from './metadata-copies.ts';

export interface MetadataSourceParts {
  readonly home: HomeFolder;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  readonly ephemeral: EphemeralStore;
  readonly report: (outcome: 'success' | 'failure', reason: string, name: string) => Promise<void>;
  /** False for a look at what there is: files and copies are read, nobody is asked. */
  readonly network: boolean;
  /** The system's where it is left out. */
  readonly resolve?: Resolve | undefined;
}

/** How often files are looked at; as the other files of the configuration. */
const fileLookMs = 2000;

/** A federation's file over a slow line; one entity while somebody waits for a page. */
const documentTimeoutMs = 60_000;
const queryTimeoutMs = 5000;
const maxQueryBytes = aggregateLimits.element.maxBytes;

export interface Trust {
  /** `undefined`: no signature is asked for. */
  readonly pins: readonly KeyObject[] | undefined;
  /** PEM. */
  readonly authorities: string | undefined;
}

/** @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE */
export async function readTrust(source: PartnerSourceConfiguration, home: HomeFolder): Promise<Trust> {
  const { signingCertificate: pin } = source;
  const authority = source.fetching?.certificateAuthority;
  return {
    pins: pin === undefined ? undefined : keysIn(await home.readText(home.inConfiguration(pin)), pin),
    authorities: authority === undefined ? undefined : await home.readText(home.inConfiguration(authority)),
  };
}

function keysIn(pem: string, file: string): readonly KeyObject[] {
  const blocks = pemBlocks(pem, 'CERTIFICATE');
  if (blocks.length === 0) throw pinFault(file, 'it holds no PEM certificate');
  try {
    return blocks.map((block) => new X509Certificate(block).publicKey);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw pinFault(file, 'a certificate in it cannot be read', cause);
  }
}

export interface SourceAt<P> {
  readonly source: PartnerSourceConfiguration;
  readonly trust: Trust;
  readonly role: EntityRole<P>;
}

function loader<P>({ source, trust, role }: SourceAt<P>): (bytes: Buffer) => Promise<EntitySet<P>> {
  const check = source.kind === 'aggregate' ? 'each' : 'all';
  return (bytes) => loadEntitySet(bytes, { pins: trust.pins, role, filter: source.filter, check, pause });
}

export function openDocument<P>(
  at: SourceAt<P> & { readonly use: (set: EntitySet<P>) => void },
  parts: MetadataSourceParts,
): DocumentSource {
  const { source, trust, use } = at;
  const { fetching, where } = source;
  const shared = { ...parts, name: where, kind: source.kind, pinned: trust.pins !== undefined, load: loader(at), use };
  if (fetching === undefined) {
    return createDocumentSource({
      ...shared,
      url: parts.home.inConfiguration(where),
      fetch: createDocumentFiles(aggregateLimits.maxBytes),
      refreshMs: fileLookMs,
      copies: undefined,
      turn: undefined,
    });
  }
  sayUnpinned(where, trust, parts);
  return createDocumentSource({
    ...shared,
    url: where,
    fetch: fetcher(at, parts, { maxBytes: aggregateLimits.maxBytes, timeoutMs: documentTimeoutMs }),
    refreshMs: fetching.refreshMs,
    copies: documentCopies(parts.home, where, aggregateLimits.maxBytes),
    turn: createTurn({ ephemeral: parts.ephemeral, name: where }),
  });
}

export function openMdq<P extends KnownEntity>(at: SourceAt<P>, parts: MetadataSourceParts): MdqSource<P> {
  const { source, trust } = at;
  const { where } = source;
  sayUnpinned(where, trust, parts);
  return createMdqSource({
    ...parts,
    name: where,
    pinned: trust.pins !== undefined,
    baseUrl: where.endsWith('/') ? where : `${where}/`,
    identifiers: source.identifiers ?? 'entity-id',
    fetch: fetcher(at, parts, { maxBytes: maxQueryBytes, timeoutMs: queryTimeoutMs }),
    load: loader(at),
    refreshMs: source.fetching?.refreshMs ?? 0,
    copies: mdqCopies({ ...parts, where, maxBytes: maxQueryBytes }),
  });
}

function fetcher(
  { source, trust }: SourceAt<unknown>,
  { resolve }: MetadataSourceParts,
  limits: { readonly maxBytes: number; readonly timeoutMs: number },
) {
  const allowPrivateAddresses = source.fetching?.allowPrivateAddresses ?? [];
  return createDocumentFetch({ ...limits, allowPrivateAddresses, authorities: trust.authorities, resolve });
}

function sayUnpinned(where: string, { pins }: Trust, { logger }: MetadataSourceParts): void {
  if (pins !== undefined) return;
  logger.warn(
    { source: where },
    'this metadata is not pinned: whoever has its web server can add and change partners; signing-certificate ends that',
  );
}
