/** @module Under which keys failed attempts are counted: hashed, one for a name at an address and one for the address. */
import { createHash } from 'node:crypto';

/** A household or an office has a whole /64 of IPv6 (RFC 6177 §2): each of its addresses would otherwise be a fresh start. */
const networkGroups = 4;

export interface AttemptKeys {
  readonly pair: string;
  readonly address: string;
}

/**
 * Names are folded, because directories and databases do not tell `Alice` from `alice` and each spelling would have its
 * own attempts; that two users of a case-sensitive store share a count costs them nothing but attempts.
 */
export function attemptKeys(domain: string, name: string, sourceAddress: string): AttemptKeys {
  const network = networkOf(sourceAddress);
  const folded = name.normalize('NFKC').toLowerCase().trim();
  return {
    pair: digest(['pair', domain, network, folded]),
    address: digest(['address', domain, network]),
  };
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** The address itself for IPv4 (also when mapped, RFC 4291 §2.5.5.2), the first 64 bits for IPv6, any other text as it is. */
export function networkOf(address: string): string {
  const bare = address.toLowerCase().split('%', 1)[0] ?? '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  if (!bare.includes(':')) return bare;
  const [head = '', tail] = bare.split('::', 2);
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  return `${groups.slice(0, networkGroups).join(':')}::/64`;
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''));
}
