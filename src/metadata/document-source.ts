/** @module A metadata document kept current: read at the start, asked for again in the background, never given up for a worse one. */
import type { Clock, Random, Timers } from '../spi/clock.ts';
import type { FetchDocument } from '../spi/document-fetch.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import type { EntitySet } from './entity-set.ts';
import { jitter, nextRefreshMs } from './refresh-plan.ts';
import type { SourceState } from './source-state.ts';
import type { Turn } from './turn.ts';

/** The last good answer, as it is kept on the disk. */
export interface DocumentCopy {
  readonly bytes: Buffer;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  /** When the server last said that this is what it has. */
  readonly fetchedAt: number;
}

export interface DocumentSourceOptions<P> {
  /** As the configuration names it. */
  readonly name: string;
  readonly kind: SourceState['kind'];
  readonly pinned: boolean;
  readonly url: string;
  readonly fetch: FetchDocument;
  /** @throws ERR_SAML_METADATA, ERR_XML_* */
  readonly load: (bytes: Buffer) => Promise<EntitySet<P>>;
  /** Puts the partners in force. */
  readonly use: (set: EntitySet<P>) => void;
  readonly refreshMs: number;
  /** `undefined` for a file, which is its own copy. */
  readonly copies: { read(): Promise<DocumentCopy | undefined>; write(copy: DocumentCopy): Promise<void> } | undefined;
  /** Whether this node is the one to fetch now, and what to say when it has. */
  readonly turn: Turn | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  /** Told of each refresh that changed something or failed. */
  readonly report: (outcome: 'success' | 'failure', reason: string, name: string) => Promise<void>;
}

export interface DocumentSource {
  /** From the copy, else from where it is. A file that cannot be used is a fault; a server that does not answer is not. */
  start(): Promise<void>;
  /** From the copy, and no further. False when there is none that can be used. */
  startOffline(): Promise<boolean>;
  /** Asks now. Never throws for an answer that cannot be used. */
  refresh(): Promise<void>;
  state(): SourceState;
  close(): Promise<void>;
}

/** A server that does not answer does not keep ours from starting for longer. */
const firstWaitMs = 10_000;

export const metadataMediaType = 'application/samlmetadata+xml';

export function createDocumentSource<P>(options: DocumentSourceOptions<P>): DocumentSource {
  const { clock, copies, logger, name, refreshMs } = options;
  const stopping = new AbortController();
  let state: SourceState = { name, kind: options.kind, pinned: options.pinned, partners: 0, failures: 0 };
  let validators: Pick<DocumentCopy, 'etag' | 'lastModified'> = { etag: undefined, lastModified: undefined };
  let failuresInARow = 0;
  let cancel: (() => void) | undefined;
  let cancelWait: (() => void) | undefined;
  let running: Promise<void> | undefined;

  async function take(copy: DocumentCopy, from: 'file' | 'url' | 'copy'): Promise<void> {
    const set = await options.load(copy.bytes);
    // A file is the administrator's business: who asks for an expired partner is told so.
    if (from !== 'file' && set.validUntil !== undefined && set.validUntil <= clock.now()) {
      throw new GatehouseError('ERR_SAML_METADATA', 'the metadata has run out', {
        facts: { validUntil: new Date(set.validUntil).toISOString() },
      });
    }
    options.use(set);
    validators = copy;
    const { problem: _, validUntil: __, cacheDurationMs: ___, ...rest } = state;
    state = {
      ...rest,
      from,
      fetchedAt: copy.fetchedAt,
      partners: set.entries.length,
      ...(set.validUntil === undefined ? {} : { validUntil: set.validUntil }),
      ...(set.cacheDurationMs === undefined ? {} : { cacheDurationMs: set.cacheDurationMs }),
    };
  }

  async function ask(): Promise<void> {
    const answer = await options.fetch({ url: options.url, accept: metadataMediaType, ...validators }, stopping.signal);
    if (answer.status === 'absent') {
      throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'there is no metadata at this address');
    }
    const fetchedAt = clock.now();
    if (answer.status === 'unchanged') {
      state = { ...state, fetchedAt };
      return;
    }
    const copy = { bytes: answer.bytes, etag: answer.etag, lastModified: answer.lastModified, fetchedAt };
    const isFirst = state.from === undefined;
    await take(copy, copies === undefined ? 'file' : 'url');
    if (!isFirst || copies !== undefined) {
      logger.info({ source: name, partners: state.partners }, 'metadata was read');
      await options.report('success', 'metadata-read', name);
    }
    await copies?.write(copy).catch((error: unknown) => {
      if (!(error instanceof GatehouseError)) throw error;
      logger.warn(
        { source: name, ...error.facts },
        'no copy of the metadata could be kept: a restart will need the server',
      );
    });
  }

  async function failed(error: unknown): Promise<void> {
    if (!(error instanceof GatehouseError)) throw error;
    if (stopping.signal.aborted) return;
    const problem = [error.message, ...Object.entries(error.facts).map(([key, fact]) => `${key}: ${fact}`)].join(', ');
    failuresInARow += 1;
    // A file is looked at every other second: once for each new reason.
    const isNew = problem !== state.problem;
    state = { ...state, failures: state.failures + 1, problem };
    if (!isNew && copies === undefined) return;
    const inForce = state.from === undefined ? 'it has no partners until then' : 'what was read before stays in force';
    logger.error({ source: name, code: error.code, problem }, `metadata could not be refreshed: ${inForce}`);
    await options.report('failure', error.code, name);
  }

  /** Another node has the document, or is getting it: its copy is ours where the folder is shared. */
  async function follow(): Promise<boolean> {
    const copy = await copies?.read();
    if (copy !== undefined && copy.fetchedAt > (state.fetchedAt ?? 0)) await take(copy, 'copy');
    return clock.now() - (state.fetchedAt ?? 0) <= 2 * refreshMs;
  }

  async function work(): Promise<void> {
    try {
      if (options.turn !== undefined && !(await options.turn.take()) && (await follow())) return;
      await ask();
      failuresInARow = 0;
      if (state.problem !== undefined) {
        const { problem: _, ...rest } = state;
        state = rest;
      }
      await options.turn?.done(nextRefreshMs({ refreshMs, cacheDurationMs: state.cacheDurationMs, failuresInARow }));
    } catch (error) {
      await failed(error);
    }
  }

  function schedule(): void {
    if (stopping.signal.aborted) return;
    const plan = { refreshMs, cacheDurationMs: state.cacheDurationMs, failuresInARow };
    const ms = copies === undefined ? refreshMs : jitter(nextRefreshMs(plan), options.random);
    cancel = options.timers.start(() => {
      refresh().catch((error: unknown) =>
        logger.error({ source: name, err: error }, 'metadata could not be refreshed'),
      );
    }, ms);
  }

  function refresh(): Promise<void> {
    cancel?.();
    running ??= work().finally(() => {
      running = undefined;
      schedule();
    });
    return running;
  }

  async function fromCopy(): Promise<boolean> {
    try {
      const copy = await copies?.read();
      if (copy === undefined) return false;
      await take(copy, 'copy');
      const kept = new Date(copy.fetchedAt).toISOString();
      logger.info(
        { source: name, fetchedAt: kept, partners: state.partners },
        'metadata was read from the copy of an earlier run',
      );
      return true;
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      logger.warn(
        { source: name, code: error.code, problem: error.message },
        'the copy of the metadata cannot be used',
      );
      return false;
    }
  }

  return {
    startOffline: fromCopy,
    async start() {
      if (copies === undefined) {
        await ask();
        schedule();
      } else if (await fromCopy()) {
        // Nobody waits for the server: what there is is good enough for now.
        cancel = options.timers.start(() => {
          refresh().catch((error: unknown) =>
            logger.error({ source: name, err: error }, 'metadata could not be refreshed'),
          );
        }, 0);
      } else {
        const waited = new Promise<void>((resolve) => {
          cancelWait = options.timers.start(resolve, firstWaitMs);
        });
        await Promise.race([refresh(), waited]).finally(() => cancelWait?.());
      }
    },
    refresh,
    state: () => state,
    async close() {
      stopping.abort();
      cancel?.();
      await running;
    },
  };
}
