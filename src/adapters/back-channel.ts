/** @module One POST from server to server: deadlines, a limit on the answer, certificates checked, no redirect followed. */
import { lookup as systemLookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { BackChannel, BackChannelAnswer, BackChannelRequest } from '../spi/back-channel.ts';

/** Addresses that no public server has: loopback, private, link-local, unique-local, carrier and documentation ranges (RFC 6890). */
const privateBlocks: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

export interface BackChannelOptions {
  /** How long a connection may take to be made. The whole is bounded by the signal of each request. */
  readonly connectMs: number;
  /** Authorities to believe beside those of the system, PEM. */
  readonly authorities?: readonly string[];
}

export function createBackChannel(options: BackChannelOptions): BackChannel {
  const blocked = new BlockList();
  for (const [network, bits, family] of privateBlocks) blocked.addSubnet(network, bits, family);
  const isPrivate = (address: string) => blocked.check(address, familyOf(address));

  return async (request, signal) => {
    const host = new URL(request.url).hostname.replace(/^\[|\]$/g, '');
    const allowed = request.onlyPrivate && blocksOf(request.onlyPrivate);
    const isRefused = (address: string) =>
      allowed !== undefined && isPrivate(address) && !allowed.check(address, familyOf(address));
    // An address in the URL is never looked up.
    if (isIP(host) !== 0 && isRefused(host)) {
      return { status: 'unreachable', reason: 'private-address' };
    }
    const connected = new AbortController();
    const timer = setTimeout(() => connected.abort(), options.connectMs);
    try {
      const either = AbortSignal.any([signal, connected.signal]);
      const lookup = allowed === undefined ? undefined : createPublicLookup(isRefused);
      return await exchange(request, options, lookup, either, () => clearTimeout(timer));
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

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Of `10.0.0.0/8` and `192.0.2.1`. */
function blocksOf(texts: readonly string[]): BlockList {
  const blocks = new BlockList();
  for (const text of texts) {
    const [address = '', bits] = text.split('/');
    if (bits === undefined) blocks.addAddress(address, familyOf(address));
    else blocks.addSubnet(address, Number(bits), familyOf(address));
  }
  return blocks;
}

/** The address that was checked is the one that is connected to: a second look-up could give another (DNS rebinding). */
function createPublicLookup(isRefused: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const open = addresses.filter(({ address }) => !isRefused(address));
      const [first] = open;
      if (first === undefined) return callback(Object.assign(new Error('private'), { code: 'private-address' }), '', 0);
      return options.all === true ? callback(null, open) : callback(null, first.address, first.family);
    });
  };
}

function reasonOf(error: unknown, total: AbortSignal, connecting: AbortSignal): string {
  if (total.aborted) return 'no-answer-in-time';
  if (connecting.aborted) return 'no-connection-in-time';
  if (error instanceof Error && 'code' in error) return String(error.code);
  throw error;
}
