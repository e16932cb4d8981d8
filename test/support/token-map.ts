/** @module Which part of a token a byte belongs to: the names of its fields, down to the two ciphertexts. */

/** Constructed by the letter, or an OCTET STRING that holds another element. */
interface Part {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Names by the way of tags to a part: SPNEGO's frame, the list, the mechToken, then AP-REQ (RFC 4120 §5.5.1). */
const names: readonly (readonly [RegExp, string])[] = [
  [/^60$/, 'frame'],
  [/^60\/06$/, 'identifier of SPNEGO'],
  [/^60\/a0\/30\/a0(\/30(\/06)?)?$/, 'list of mechanisms'],
  [/^60\/a0(\/30(\/a2(\/04)?)?)?$/, 'frame'],
  [/04\/60$/, 'frame'],
  [/04\/60\/06$/, 'identifier of Kerberos'],
  [/60\/6e(\/30(\/a[01](\/02)?)?)?$/, 'version and type of AP-REQ'],
  [/6e\/30\/a2(\/03)?$/, 'options of AP-REQ'],
  [/6e\/30\/a3(\/61(\/30(\/a0(\/02)?)?)?)?$/, 'version of the ticket'],
  [/61\/30\/a1(\/1b)?$/, 'realm of the ticket'],
  [/61\/30\/a2(\/30(\/a0(\/02)?)?)?$/, 'type of the service name'],
  [/61\/30\/a2\/30\/a1(\/30(\/1b)?)?$/, 'service name'],
  [/61\/30\/a3(\/30(\/a0(\/02)?)?)?$/, 'enctype of the ticket'],
  [/61\/30\/a3\/30\/a1(\/02)?$/, 'key version of the ticket'],
  [/61\/30\/a3\/30\/a2$/, 'frame of the ciphertext of the ticket'],
  [/61\/30\/a3\/30\/a2\/04$/, 'ciphertext of the ticket'],
  [/6e\/30\/a4(\/30(\/a[01](\/02)?)?)?$/, 'enctype of the authenticator'],
  [/6e\/30\/a4\/30\/a2$/, 'frame of the ciphertext of the authenticator'],
  [/6e\/30\/a4\/30\/a2\/04$/, 'ciphertext of the authenticator'],
];

export function mapOf(token: Uint8Array): (offset: number) => string {
  const parts: Part[] = [];
  walk(token, 0, token.length, '', parts);
  return (offset) => {
    // The innermost comes last.
    const part = parts.findLast(({ start, end }) => offset >= start && offset < end);
    return part?.name ?? 'nowhere';
  };
}

function walk(token: Uint8Array, from: number, to: number, path: string, parts: Part[]): void {
  for (let offset = from; offset < to; ) {
    const tag = token[offset] ?? 0;
    const first = token[offset + 1] ?? 0;
    const octets = first < 0x80 ? 0 : first - 0x80;
    let length = octets === 0 ? first : 0;
    for (let index = 0; index < octets; index += 1) length = length * 256 + (token[offset + 2 + index] ?? 0);
    const here = `${path}${path === '' ? '' : '/'}${tag.toString(16).padStart(2, '0')}`;
    const start = offset + 2 + octets;
    const name = names.find(([way]) => way.test(here))?.[1] ?? here;
    parts.push({ name, start: offset, end: start + length });
    const holds = (tag & 0x20) !== 0 || here === '60/a0/30/a2/04';
    if (holds) walk(token, start, start + length, here, parts);
    offset = start + length;
    // Two octets between the identifier of Kerberos and the message say which token it is (RFC 4121 §4.1).
    if (/60\/a0\/30\/a2\/04\/60\/06$/.test(here)) {
      parts.push({ name: 'kind of token', start: offset, end: offset + 2 });
      offset += 2;
    }
  }
}
