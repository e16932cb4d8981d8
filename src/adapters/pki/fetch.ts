/** @module Fetches what certificates point at (OCSP answers, revocation lists): bounded in bytes and time, no redirects. */
import { GatehouseError } from '../../spi/errors.ts';
import { exchangeWeb, problemOf, UselessAnswer } from '../web/exchange.ts';

export interface WebRequest {
  readonly url: string;
  /** Posted where it is there. */
  readonly body?: { readonly bytes: Uint8Array; readonly type: string };
  /** What the answer has to be; absent: any type. */
  readonly type?: string;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** @throws ERR_STORE_UNAVAILABLE for every answer but 200 of the wanted type within the limits; ERR_DEADLINE_EXCEEDED at `signal`. */
export type WebFetch = (request: WebRequest, signal: AbortSignal) => Promise<Uint8Array>;

/** `proxy`: an HTTP proxy that is sent absolute URLs (RFC 9112 §3.2.2), for `http:` addresses only. */
export function createWebFetch(proxy?: string): WebFetch {
  return async (request, signal) => {
    const timeout = AbortSignal.timeout(request.timeoutMs);
    try {
      return await fetched(request, proxy, AbortSignal.any([signal, timeout]));
    } catch (error) {
      if (signal.aborted) {
        throw new GatehouseError('ERR_DEADLINE_EXCEEDED', 'stopped while asking about a revocation', { cause: error });
      }
      throw unavailable(request.url, timeout.aborted ? 'no answer in time' : problemOf(error), error);
    }
  };
}

function unavailable(url: string, problem: string, cause: unknown): GatehouseError {
  return new GatehouseError('ERR_STORE_UNAVAILABLE', 'a revocation service did not answer', {
    cause,
    facts: { url, problem },
  });
}

async function fetched(request: WebRequest, proxy: string | undefined, signal: AbortSignal): Promise<Uint8Array> {
  const { body, maxBytes, type } = request;
  const answer = await exchangeWeb(
    {
      url: new URL(request.url),
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(type === undefined ? {} : { accept: type }),
        ...(body === undefined ? {} : { 'content-type': body.type, 'content-length': String(body.bytes.length) }),
      },
      ...(body === undefined ? {} : { body: body.bytes }),
      maxBytes,
      proxy,
    },
    signal,
  );
  const answered = answer.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (answer.status !== 200) throw new UselessAnswer(`status ${answer.status}`);
  if (type !== undefined && answered !== type) throw new UselessAnswer(`content type ${answered}`);
  return answer.bytes;
}
