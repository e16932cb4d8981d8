/** @module One HTTP exchange with a server that somebody else names: bounded in bytes and time, no redirects, addresses checked. */

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { request as httpRequest } from '../node-http.ts';

export interface WebExchange {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly maxBytes: number;
  /** An HTTP proxy that is sent absolute URLs (RFC 9112 §3.2.2), for `http:` addresses only. */
  readonly proxy?: string | undefined;
  /** Resolves the host in place of the system. The connection goes to what it says: the name is asked once. */
  readonly lookup?: LookupFunction | undefined;
  /** PEM; the authorities that may have issued the server's certificate, in place of the system's. */
  readonly authorities?: string | undefined;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Empty for every status but 200. */
  readonly bytes: Buffer;
}

/** An answer that is none, said by us in words. */
export class UselessAnswer extends Error {}

/** Why there was no answer: our words, or the code of the system's error. @throws what neither explains */
export function problemOf(error: unknown): string {
  if (error instanceof UselessAnswer) return error.message;
  if (error instanceof Error && 'code' in error) return String(error.code);
  throw error;
}

/** @throws UselessAnswer for a body over the limit, system and TLS errors, and an abort. */
export function exchangeWeb(exchange: WebExchange, signal: AbortSignal): Promise<WebAnswer> {
  const { url, proxy, body } = exchange;
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    if (secure && proxy !== undefined) {
      reject(new UselessAnswer('an https address behind a proxy'));
      return;
    }
    const send = secure ? httpsRequest : httpRequest;
    const outgoing = send(
      proxy === undefined ? url : new URL(proxy),
      {
        method: exchange.method,
        // `path` with the whole address is what tells a proxy where to go.
        path: proxy === undefined ? `${url.pathname}${url.search}` : url.href,
        headers: { host: url.host, ...exchange.headers },
        // A connection of its own: one that is kept was made to an address that was checked some other time.
        agent: false,
        signal,
        ...(exchange.lookup === undefined ? {} : { lookup: exchange.lookup }),
        ...(exchange.authorities === undefined ? {} : { ca: exchange.authorities }),
      },
      (response) => readAnswer(response, exchange.maxBytes).then(resolve, reject),
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<WebAnswer> {
  try {
    const status = response.statusCode ?? 0;
    const chunks: Buffer[] = [];
    let length = 0;
    if (status === 200) {
      for await (const chunk of response) {
        length += chunk.length;
        if (length > maxBytes) throw new UselessAnswer(`more than ${maxBytes} bytes`);
        chunks.push(chunk);
      }
    }
    return { status, headers: response.headers, bytes: Buffer.concat(chunks) };
  } finally {
    response.destroy();
  }
}
