/** @module IP addresses and blocks of them (RFC 4632 §3.1, RFC 4291 §2.3) as numbers, to say whether one is in the other. */

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export type IsInside = (address: string) => boolean;

/** `undefined` when it is no address. An IPv4 address as an IPv6 socket writes it (`::ffff:192.0.2.1`) is that IPv4 address. */
function parseAddress(text: string): Address | undefined {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(text)?.[1];
  return text.includes(':') && mapped === undefined ? parseIpv6(text) : parseIpv4(mapped ?? text);
}

function parseIpv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return { bits: 32, value: parts.reduce((value, part) => value * 256n + BigInt(part), 0n) };
}

const groups = 8;

function parseIpv6(text: string): Address | undefined {
  // A zone (RFC 4007 §11) says by which interface, not which address.
  const [bare = ''] = text.split('%');
  const [head = '', tail, ...more] = bare.split('::');
  if (more.length > 0) return undefined;
  // Its last four bytes may be written as IPv4, and only the last of the whole.
  const before = groupsOf(head, tail === undefined);
  const after = tail === undefined ? [] : groupsOf(tail, true);
  if (before === undefined || after === undefined) return undefined;
  const missing = groups - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...before, ...Array.from({ length: missing }, () => 0), ...after];
  return { bits: 128, value: all.reduce((value, group) => value * 65_536n + BigInt(group), 0n) };
}

function groupsOf(text: string, mayEndInIpv4: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const dotted = mayEndInIpv4 && parts.at(-1)?.includes('.') === true ? parts.pop() : undefined;
  const last = dotted === undefined ? undefined : parseIpv4(dotted);
  if (dotted !== undefined && last === undefined) return undefined;
  if (!parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const numbers = parts.map((part) => Number.parseInt(part, 16));
  return last === undefined ? numbers : [...numbers, Number(last.value >> 16n), Number(last.value & 0xffffn)];
}

/** `10.0.0.0/8`, `2001:db8::/32`, or one address. `undefined` when it is none. Bits after the prefix do not count. */
export function parseBlock(text: string): IsInside | undefined {
  const [host = '', prefix, ...more] = text.split('/');
  const base = parseAddress(host);
  if (base === undefined || more.length > 0) return undefined;
  const length = prefix === undefined ? base.bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (!(length <= base.bits)) return undefined;
  const shift = BigInt(base.bits - length);
  return (address) => {
    const other = parseAddress(address);
    return other?.bits === base.bits && other.value >> shift === base.value >> shift;
  };
}
