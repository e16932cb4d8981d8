/** @module Which addresses a fetch may go to: the public internet, and what the administrator names besides. */
import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { UselessAnswer } from './exchange.ts';

/**
 * IANA IPv4 Special-Purpose Address Registry, and multicast. A service behind one of these was never meant for whoever can
 * make us ask: metadata services of clouds, admin pages on loopback, printers.
 */
const notPublic4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** Of IPv6 only 2000::/3 is given out; these are parts of it that lead elsewhere: Teredo, ORCHID, documentation, 6to4. */
const notPublic6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export interface AddressPolicy {
  /** For `http.request`: fails for a host that has any address that is not allowed, and gives the checked ones to the connection. */
  readonly lookup: LookupFunction;
  /** A host that is an address needs no look-up, and gets none. @throws UselessAnswer */
  checkHost(url: URL): void;
}

/** @param allowed addresses and blocks that are not public and allowed nevertheless. */
export function createAddressPolicy(allowed: readonly string[], resolve: Resolve = resolveBySystem): AddressPolicy {
  const named = blockListOf(allowed.map(blockOf));
  const v4 = blockListOf(notPublic4);
  const v6 = blockListOf(notPublic6);
  const unicast = blockListOf([['2000::', 3]]);

  function isAllowed(address: string): boolean {
    const family = isIP(address);
    if (family === 0) return false;
    const kind = family === 4 ? 'ipv4' : 'ipv6';
    if (named.check(address, kind)) return true;
    // An IPv4 address written as IPv6 is outside of 2000::/3.
    return family === 4 ? !v4.check(address, kind) : unicast.check(address, kind) && !v6.check(address, kind);
  }

  function check(host: string, addresses: readonly string[]): void {
    const refused = addresses.find((address) => !isAllowed(address));
    if (refused !== undefined) throw new UselessAnswer(notAllowed(host, refused));
  }

  return {
    checkHost(url) {
      const host = url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) !== 0) check(host, [host]);
    },
    lookup(host, options, callback) {
      resolve(host).then(
        (found) => {
          try {
            check(
              host,
              found.map(({ address }) => address),
            );
          } catch (error) {
            if (!(error instanceof UselessAnswer)) throw error;
            callback(error, '');
            return;
          }
          const [first] = found;
          if (options.all === true) callback(null, [...found]);
          else if (first !== undefined) callback(null, first.address, first.family);
          else callback(new UselessAnswer(`${host} has no address`), '');
        },
        (error: NodeJS.ErrnoException) => callback(error, ''),
      );
    },
  };
}

function notAllowed(host: string, address: string): string {
  const what = host === address ? address : `${host} is ${address}, which`;
  return `${what} is not a public address: allow-private-addresses names those that may be asked`;
}

function resolveBySystem(host: string): ReturnType<Resolve> {
  return new Promise((resolve, reject) => {
    systemLookup(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });
}

function blockListOf(blocks: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of blocks) list.addSubnet(address, bits, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  return list;
}

function blockOf(text: string): readonly [string, number] {
  const [address = '', bits] = text.split('/');
  return [address, bits === undefined ? (isIP(address) === 4 ? 32 : 128) : Number(bits)];
}
