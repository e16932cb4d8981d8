/** @module Fetches what certificates point at (OCSP answers, revocation lists): bounded in bytes and time, no redirects. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { GatehouseError } from '../../spi/errors.ts';

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
      return await exchange(request, proxy, AbortSignal.any([signal, timeout]));
    } catch (error) {
      if (signal.aborted) {
        throw new GatehouseError('ERR_DEADLINE_EXCEEDED', 'stopped while asking about a revocation', { cause: error });
      }
      throw unavailable(request.url, timeout.aborted ? 'no answer in time' : problemOf(error), error);
    }
  };
}

/** An answer that is none: said by us, and turned into the fault above. */
class UselessAnswer extends Error {}

function problemOf(error: unknown): string {
  if (error instanceof UselessAnswer) return error.message;
  if (error instanceof Error && 'code' in error) return String(error.code);
  throw error;
}

function unavailable(url: string, problem: string, cause: unknown): GatehouseError {
  return new GatehouseError('ERR_STORE_UNAVAILABLE', 'a revocation service did not answer', {
    cause,
    facts: { url, problem },
  });
}

function exchange(request: WebRequest, proxy: string | undefined, signal: AbortSignal): Promise<Uint8Array> {
  const url = new URL(request.url);
  const secure = url.protocol === 'https:';
  const { body } = request;
  return new Promise((resolve, reject) => {
    if (secure && proxy !== undefined) {
      reject(new UselessAnswer('an https address behind a proxy'));
      return;
    }
    const via = proxy === undefined ? url : new URL(proxy);
    const send = secure ? httpsRequest : httpRequest;
    const outgoing = send(
      via,
      {
        method: body === undefined ? 'GET' : 'POST',
        // `path` with the whole address is what tells a proxy where to go.
        path: proxy === undefined ? `${url.pathname}${url.search}` : url.href,
        headers: {
          host: url.host,
          ...(request.type === undefined ? {} : { accept: request.type }),
          ...(body === undefined ? {} : { 'content-type': body.type, 'content-length': body.bytes.length }),
        },
        agent: false,
        signal,
      },
      (response) => readAnswer(request, response).then(resolve, reject),
    );
    outgoing.on('error', reject);
    outgoing.end(body?.bytes);
  });
}

async function readAnswer(request: WebRequest, response: IncomingMessage): Promise<Uint8Array> {
  try {
    const type = response.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
    if (response.statusCode !== 200) throw new UselessAnswer(`status ${response.statusCode}`);
    if (request.type !== undefined && type !== request.type) throw new UselessAnswer(`content type ${type}`);
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of response) {
      length += chunk.length;
      if (length > request.maxBytes) throw new UselessAnswer(`more than ${request.maxBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    response.destroy();
  }
}
