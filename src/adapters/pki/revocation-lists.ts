/** @module The revocation lists of a truststore: from files that are watched, and from distribution points that may be asked. */
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { Watched } from '../../spi/watched-file.ts';
import type { Certificate } from '../../wire/x509/certificate.ts';
import { keyUsageBits, readTrustExtensions } from '../../wire/x509/extensions.ts';
import { type RevocationList, readRevocationList } from '../../wire/x509/revocation-list.ts';
import { x500NameKey } from '../../wire/x509/x500-name.ts';
import { createBoundedCache } from './bounded-cache.ts';
import type { WebFetch } from './fetch.ts';
import { mayBeAsked } from './ocsp.ts';
import type { Member } from './path.ts';
import { verifySignature } from './signatures.ts';

export interface RevocationListParts {
  readonly files: readonly Watched<readonly RevocationList[]>[];
  /** Host names of distribution points that may be asked. */
  readonly hosts: readonly string[];
  readonly fetch: WebFetch;
  readonly timeoutMs: number;
  readonly skewMs: number;
  readonly clock: Clock;
}

/** `none`: no list that is valid now speaks about the certificate. */
export type ListVerdict = 'good' | 'revoked' | 'none';

export interface RevocationLists {
  /** By the lists at hand. */
  look(member: Member, issuer: Certificate): ListVerdict;
  /** Asks the certificate's distribution points where the lists at hand do not say. @throws ERR_STORE_UNAVAILABLE, ERR_DEADLINE_EXCEEDED */
  ask(member: Member, issuer: Certificate, signal: AbortSignal): Promise<ListVerdict>;
}

/** Some 100,000 entries, which take a quarter of a second to read. */
const maxListBytes = 4 * 1024 * 1024;
const maxFetched = 64;
/** A distribution point that did not answer, or not with a list, is left alone so long. */
const pauseMs = 15_000;

export function createRevocationLists(parts: RevocationListParts): RevocationLists {
  const { clock, skewMs } = parts;
  const fetched = createBoundedCache<RevocationList>(clock, maxFetched);
  const paused = createBoundedCache<GatehouseError>(clock, maxFetched);
  /** A list's signature is looked at once for each key that might have made it. */
  const verified = new WeakMap<RevocationList, Map<string, boolean>>();

  function isSigned(list: RevocationList, issuer: Certificate): boolean {
    const key = Buffer.from(issuer.publicKeyInfo).toString('base64');
    const known = verified.get(list) ?? new Map<string, boolean>();
    verified.set(list, known);
    const answer = known.get(key) ?? verifySignature(list, issuer.publicKeyInfo) === 'good';
    known.set(key, answer);
    return answer;
  }

  function speaksAbout(list: RevocationList, { certificate, extensions }: Member, issuer: Certificate): boolean {
    const now = clock.now();
    const { scope } = list;
    return (
      list.issuerKey === x500NameKey(issuer.subject) &&
      (extensions.isAuthority ? scope.authorities : scope.users) &&
      (scope.urls === undefined || scope.urls.some((url) => extensions.crlUrls.includes(url))) &&
      list.thisUpdateAt <= now + skewMs &&
      // RFC 5280 §5.1.2.5 wants a next update; a list without one could be of any age.
      (list.nextUpdateAt ?? 0) >= now &&
      x500NameKey(certificate.issuer) === list.issuerKey &&
      readTrustExtensions(issuer)?.keyUsage?.(keyUsageBits.cRLSign) !== false &&
      isSigned(list, issuer)
    );
  }

  function judge(lists: readonly RevocationList[], member: Member, issuer: Certificate): ListVerdict {
    const about = lists.filter((list) => speaksAbout(list, member, issuer));
    if (about.some((list) => list.isRevoked(member.certificate.serialNumber))) return 'revoked';
    return about.length > 0 ? 'good' : 'none';
  }

  async function fetchList(url: string, signal: AbortSignal): Promise<RevocationList> {
    const known = fetched.get(url);
    const failed = paused.get(url);
    if (known !== undefined) return known;
    if (failed !== undefined) throw failed;
    try {
      const bytes = await parts.fetch({ url, maxBytes: maxListBytes, timeoutMs: parts.timeoutMs }, signal);
      const list = readRevocationList(bytes);
      if (list === undefined) {
        throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'no usable revocation list', { facts: { url } });
      }
      return list;
    } catch (error) {
      if (error instanceof GatehouseError && error.code === 'ERR_STORE_UNAVAILABLE') {
        paused.set(url, error, clock.now() + pauseMs);
      }
      throw error;
    }
  }

  const atHand = () => parts.files.flatMap((file) => file.current());
  return {
    look: (member, issuer) => judge(atHand(), member, issuer),
    async ask(member, issuer, signal) {
      const known = judge(atHand(), member, issuer);
      if (known !== 'none') return known;
      const url = member.extensions.crlUrls.find((one) => mayBeAsked(one, parts.hosts));
      if (url === undefined) return 'none';
      const list = await fetchList(url, signal);
      const verdict = judge([list], member, issuer);
      // Not what is no use: whoever sits on the way could have it kept for years.
      if (verdict !== 'none') fetched.set(url, list, list.nextUpdateAt ?? 0);
      return verdict;
    },
  };
}
