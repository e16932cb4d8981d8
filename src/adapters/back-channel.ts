/** @module One POST from server to server: deadlines, a limit on the answer, certificates checked, no redirect followed. */
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { BackChannel, BackChannelAnswer, BackChannelRequest } from '../spi/back-channel.ts';
import { request as httpRequest } from './node-http.ts';
import { createAddressPolicy } from './web/addresses.ts';
import { UselessAnswer } from './web/exchange.ts';

export interface BackChannelOptions {
  /** How long a connection may take to be made. The whole is bounded by the signal of each request. */
  readonly connectMs: number;
  /** Authorities to believe beside those of the system, PEM. */
  readonly authorities?: readonly string[];
}

export function createBackChannel(options: BackChannelOptions): BackChannel {
  return async (request, signal) => {
    const policy = request.onlyPrivate && createAddressPolicy(request.onlyPrivate);
    const connected = new AbortController();
    const timer = setTimeout(() => connected.abort(), options.connectMs);
    try {
      const either = AbortSignal.any([signal, connected.signal]);
      // An address in the URL is never looked up.
      policy?.checkHost(new URL(request.url));
      return await exchange(request, options, policy?.lookup, either, () => clearTimeout(timer));
    } catch (error) {
      return { status: 'unreachable', reason: reasonOf(error, signal, connected.signal) };
    } finally {
      clearTimeout(timer);
    }
  };
}

function exchange(
  { url: address, body, headers, maxBytes }: BackChannelRequest,
  { authorities }: BackChannelOptions,
  lookup: LookupFunction | undefined,
  signal: AbortSignal,
  connected: () => void,
): Promise<BackChannelAnswer> {
  const url = new URL(address);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      agent: false,
      signal,
      ...(lookup === undefined ? {} : { lookup }),
      ...(authorities === undefined ? {} : { ca: [...authorities] }),
    });
    outgoing.on('socket', (socket) => socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected));
    outgoing.on('response', (response) => read(response, maxBytes).then(resolve, reject));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function read(response: IncomingMessage, maxBytes: number): Promise<BackChannelAnswer> {
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of response) {
      length += chunk.length;
      if (length > maxBytes) return { status: 'unreachable', reason: 'answer-too-large' };
      chunks.push(chunk);
    }
    return { status: 'answered', httpStatus: response.statusCode ?? 0, body: Buffer.concat(chunks) };
  } finally {
    response.destroy();
  }
}

function reasonOf(error: unknown, total: AbortSignal, connecting: AbortSignal): string {
  if (total.aborted) return 'no-answer-in-time';
  if (connecting.aborted) return 'no-connection-in-time';
  if (error instanceof UselessAnswer) return 'private-address';
  if (error instanceof Error && 'code' in error) return String(error.code);
  throw error;
}
