/** @module Where a referral leads, and whether anybody may be sent there (RFC 4511 §4.5.3, RFC 4516). */
import type { DirectorySearch } from '../../spi/directory.ts';
import { addressOf } from './socket.ts';

/** Hops from one server to the next, and searches for one answer: circles and trees of referrals end here. */
export const maxHops = 5;
export const maxReferredSearches = 20;

export interface Referral {
  readonly search: DirectorySearch;
  /** The configured URL of the server that the referral names. */
  readonly url: string;
}

/**
 * The search that continues elsewhere; `undefined` for a URL of a host that the configuration does not name. Scheme and port of the
 * configured URL count: a referral can neither choose who sees a password nor take TLS away.
 */
export function referralOf(
  reference: string,
  search: DirectorySearch,
  allowed: readonly string[],
): Referral | undefined {
  if (!URL.canParse(reference)) return undefined;
  const target = new URL(reference);
  if (target.protocol !== 'ldap:' && target.protocol !== 'ldaps:') return undefined;
  const { host } = addressOf(reference);
  const url = allowed.find((candidate) => {
    const known = addressOf(candidate);
    const samePort = target.port === '' || Number(target.port) === known.port;
    return samePort && known.host.toLowerCase() === host.toLowerCase();
  });
  if (url === undefined) return undefined;
  const [, scope = ''] = target.search.slice(1).split('?');
  const base = decoded(target.pathname.slice(1));
  if (base === undefined) return undefined;
  return {
    url,
    search: {
      ...search,
      base: base === '' ? search.base : base,
      scope: scope === 'base' || scope === 'one' || scope === 'sub' ? scope : search.scope,
    },
  };
}

function decoded(text: string): string | undefined {
  return /%(?![0-9A-Fa-f]{2})/.test(text) || !isUtf8(text) ? undefined : decodeURIComponent(text);
}

/** `decodeURIComponent` throws on bytes that are no UTF-8. */
function isUtf8(text: string): boolean {
  const bytes = Buffer.from(
    text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  return Buffer.from(bytes.toString('utf8')).equals(bytes);
}
