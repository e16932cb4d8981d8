/** @module The certificate that a client has shown: in the TLS handshake, or to a trusted proxy that hands it on in a header field. */
import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import { type DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { maxCertificateChain } from '../spi/evidence-limits.ts';

/** Leaf first, DER. Empty: something was shown that cannot be read. */
export type CertificateChain = readonly Uint8Array[];

export interface CertificateHeaderReader {
  /** A field of some product that speaks of a client certificate: it is taken out of every request before anybody else looks. */
  isCertificateHeader(name: string): boolean;
  /** Absent: no proxy hands on certificates. `undefined`: this request has none. */
  read?(headers: Readonly<Record<string, string | undefined>>): CertificateChain | undefined;
}

const chains = Symbol('certificateChain');

declare module 'fastify' {
  interface FastifyRequest {
    [chains]: CertificateChain | undefined;
  }
}

/**
 * A field counts only when the peer of the connection itself is a trusted proxy: what it says of its own client cannot be
 * forged by that client. The certificate that such a proxy shows in its own handshake is the proxy's, and nobody's evidence.
 */
export function readClientCertificates(
  app: FastifyInstance,
  options: { readonly trustedProxies: readonly string[]; readonly reader: CertificateHeaderReader },
): void {
  const proxies = addressList(options.trustedProxies);
  const { reader } = options;
  // A connection carries many requests, and every look copies the whole chain.
  const known = new WeakMap<TLSSocket, { readonly chain: CertificateChain | undefined }>();

  function chainOnce(socket: unknown): CertificateChain | undefined {
    if (!(socket instanceof TLSSocket)) return undefined;
    const read = known.get(socket) ?? { chain: handshakeChain(socket) };
    known.set(socket, read);
    return read.chain;
  }

  app.decorateRequest(chains, undefined);
  app.addHook('onRequest', async (request) => {
    const { headers, socket } = request.raw;
    const fromProxy = options.trustedProxies.length > 0 && isIn(proxies, socket.remoteAddress);
    request[chains] = fromProxy ? reader.read?.(singleTexts(headers)) : chainOnce(socket);
    for (const name of Object.keys(headers)) if (reader.isCertificateHeader(name)) delete headers[name];
  });
}

export function certificateChainOf(request: FastifyRequest): CertificateChain | undefined {
  return request[chains];
}

/** The client's own certificate, then those of the others that it has sent which issued the one before. */
function handshakeChain(socket: TLSSocket): CertificateChain | undefined {
  const chain: Uint8Array[] = [];
  let at: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  // An empty object where there is none; a self-signed certificate is its own issuer.
  while (at?.raw !== undefined && !chain.includes(at.raw)) {
    chain.push(at.raw);
    // One more than may be, so that a chain that is too long is refused and not cut.
    if (chain.length > maxCertificateChain) break;
    at = at.issuerCertificate;
  }
  return chain.length === 0 ? undefined : chain;
}

function singleTexts(headers: IncomingHttpHeaders): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

function addressList(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [address = '', bits] = block.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** An IPv4 peer of an IPv6 socket is written `::ffff:192.0.2.1`. */
function isIn(list: BlockList, peer: string | undefined): boolean {
  if (peer === undefined) return false;
  const address = peer.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
