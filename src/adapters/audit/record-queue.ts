/** @module Records that wait for their turn: in order, many in one go, bounded, given up when nobody waits for them any longer. */
import type { AuditSink } from '../../spi/audit.ts';
import type { Timers } from '../../spi/clock.ts';
import { type ErrorFacts, GatehouseError } from '../../spi/errors.ts';

/** The longest record: a decision of the longest stack with the longest names has a tenth of it. */
export const maxRecordBytes = 1024 * 1024;

/** Records that may wait. When their place hangs, the next login is refused instead of filling the memory. */
export const maxWaiting = 10_000;

/** Bytes that may wait: a login's record has about two thousand. */
export const maxWaitingBytes = 64 * 1024 * 1024;

/** Bytes of one go, so that it does not keep its first record waiting for its last. */
const maxBatchBytes = 4 * 1024 * 1024;

/** Between attempts to reach a place that is away: doubled from the first to the last. */
const firstPauseMs = 100;
const lastPauseMs = 2000;

/** Thrown by `send`: nobody is there. The records wait, and are sent again from the first. */
export class NotReached extends Error {
  readonly reason: string;

  constructor(reason: string, cause?: unknown) {
    super('not reached', cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

export interface RecordQueueOptions {
  /** @throws ERR_AUDIT_UNAVAILABLE: these are refused; NotReached: these are tried again. */
  readonly send: (texts: readonly string[]) => Promise<void>;
  readonly timers: Timers;
  /** Says where, in errors. */
  readonly facts: ErrorFacts;
  /** After the last record. */
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly text: string;
  readonly bytes: number;
  readonly done: () => void;
  readonly failed: (error: GatehouseError) => void;
  givenUp: boolean;
}

export function createRecordQueue(options: RecordQueueOptions): AuditSink {
  const { send, timers, facts } = options;
  const stopped = Promise.withResolvers<void>();
  let waiting: Waiting[] = [];
  let sending: readonly Waiting[] = [];
  let waitingBytes = 0;
  let working: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let pauseMs = firstPauseMs;

  const unavailable = (reason: string, cause?: unknown) =>
    new GatehouseError('ERR_AUDIT_UNAVAILABLE', 'an audit record cannot be written', {
      cause,
      facts: { ...facts, reason },
    });

  function leave(entries: readonly Waiting[], error?: GatehouseError): void {
    const gone = new Set(entries);
    waiting = waiting.filter((entry) => !gone.has(entry));
    for (const { bytes, done, failed } of entries) {
      waitingBytes -= bytes;
      error === undefined ? done() : failed(error);
    }
  }

  function refusalOf(text: string, bytes: number): string | undefined {
    if (closing !== undefined) return 'closed';
    if (bytes > maxRecordBytes) return 'the record is too long';
    if (/[\r\n]/.test(text)) return 'the record has a line break';
    return waiting.length >= maxWaiting || waitingBytes + bytes > maxWaitingBytes ? 'too many wait' : undefined;
  }

  async function work(): Promise<void> {
    try {
      while (waiting.length > 0) {
        sending = waiting.slice(0, batchLength(waiting));
        const fault = await sent(sending.map(({ text }) => text));
        const batch = sending;
        sending = [];
        if (fault instanceof NotReached) await putOff(batch, fault);
        else leave(batch, fault);
      }
    } finally {
      // In the same step as the last look at the queue: a record that comes after it starts a new run.
      working = undefined;
    }
  }

  async function sent(texts: readonly string[]): Promise<GatehouseError | NotReached | undefined> {
    try {
      await send(texts);
      pauseMs = firstPauseMs;
      return undefined;
    } catch (error) {
      if (error instanceof NotReached || error instanceof GatehouseError) return error;
      throw error;
    }
  }

  async function putOff(batch: readonly Waiting[], error: NotReached): Promise<void> {
    if (closing !== undefined) return leave(waiting, unavailable(error.reason, error));
    leave(
      batch.filter(({ givenUp }) => givenUp),
      unavailable(error.reason, error),
    );
    const pause = Promise.withResolvers<void>();
    const cancel = timers.start(pause.resolve, pauseMs);
    pauseMs = Math.min(pauseMs * 2, lastPauseMs);
    await Promise.race([pause.promise, stopped.promise]);
    cancel();
  }

  /** While it is being sent it cannot be called back; when that fails it is not sent again. */
  function giveUp(entry: Waiting): void {
    entry.givenUp = true;
    if (waiting.includes(entry) && !sending.includes(entry)) leave([entry], unavailable('it took too long'));
  }

  return {
    append(text, signal) {
      const bytes = Buffer.byteLength(text);
      const refusal = refusalOf(text, bytes);
      if (refusal !== undefined) return Promise.reject(unavailable(refusal));
      const { promise, resolve: done, reject: failed } = Promise.withResolvers<void>();
      const entry: Waiting = { text, bytes, done, failed, givenUp: false };
      if (signal !== undefined) signal.addEventListener('abort', () => giveUp(entry), { once: true });
      waiting.push(entry);
      waitingBytes += bytes;
      working ??= work();
      return promise;
    },
    close() {
      closing ??= (async () => {
        stopped.resolve();
        await working;
        await options.close();
      })();
      return closing;
    },
  };
}

function batchLength(waiting: readonly { readonly bytes: number }[]): number {
  let bytes = 0;
  const end = waiting.findIndex((entry) => {
    bytes += entry.bytes;
    return bytes > maxBatchBytes;
  });
  return end < 0 ? waiting.length : Math.max(1, end);
}
