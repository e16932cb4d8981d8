/** @module How long the LDAP adapter waits, and what it says when it has waited enough. */
import { GatehouseError } from '../../spi/errors.ts';

/** Defaults add up to less than a login module's usual deadline of 5 s, so that a trace says which store did not answer. */
export const defaultConnectMs = 1500;
export const defaultAnswerMs = 3000;
export const defaultPoolSize = 8;
/** All servers and all attempts of one search or bind. */
export const defaultOperationMs = 4000;

/** A server could not be asked: another one may be. It never leaves the adapter. */
export class ServerDown extends Error {
  override readonly name = 'ServerDown';
  readonly url: string;
  /** It was asked and said nothing: more than a connection that was closed. */
  readonly silent: boolean;
  constructor(url: string, message: string, options: { readonly cause?: unknown; readonly silent?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.url = url;
    this.silent = options.silent ?? false;
  }
}

export function unavailable(error: ServerDown): GatehouseError {
  return new GatehouseError('ERR_STORE_UNAVAILABLE', 'the directory cannot be asked', {
    cause: error,
    facts: { url: error.url, problem: error.message },
  });
}

/** @throws ERR_DEADLINE_EXCEEDED */
export function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw stopped();
}

function stopped(): GatehouseError {
  return new GatehouseError('ERR_DEADLINE_EXCEEDED', 'the directory was asked for longer than the login may take');
}

export interface Limit {
  readonly ms: number;
  readonly signal: AbortSignal;
  /** The server that is waited for. */
  readonly url: string;
  /** Ends the waiting: destroys the socket. What the work does afterwards is dropped. */
  stop(): void;
}

/** @throws ServerDown when the time is up, ERR_DEADLINE_EXCEEDED when the caller has gone */
export async function limited<T>(work: () => Promise<T>, limit: Limit): Promise<T> {
  const { ms, signal, url } = limit;
  stopIfAborted(signal);
  const late = Promise.withResolvers<never>();
  const end = (fault: Error) => {
    late.reject(fault);
    limit.stop();
  };
  const timer = setTimeout(
    () => end(new ServerDown(url, `no answer within ${Math.round(ms)} ms`, { silent: true })),
    Math.max(0, ms),
  );
  const abort = () => end(stopped());
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work(), late.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
