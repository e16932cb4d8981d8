/** @module Tokens that broke somebody's reader, or could: kept, each with what it has to be refused as. */
import type { KerberosFailure } from '../../src/spi/kerberos-acceptor.ts';
import { contextExplicit, objectIdentifier, octetString, sequence } from '../../src/wire/der.ts';
import { writeFields } from '../../src/wire/kerberos/fields.ts';
import { kerberosMechanism, mechanisms } from '../../src/wire/kerberos/gss.ts';
import { framed, spnegoInit } from './minted-ticket.ts';

export interface CorpusCase {
  readonly what: string;
  readonly token: Uint8Array;
  readonly failure: KerberosFailure;
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const spnego = objectIdentifier(mechanisms.spnego);
const inSpnego = (choice: Uint8Array) => framed(Buffer.concat([spnego, choice]));
const kerberos = (message: Uint8Array) => framed(Buffer.concat([kerberosMechanism, Uint8Array.of(1, 0), message]));
const init = (...fields: readonly (Uint8Array | undefined)[]) => inSpnego(contextExplicit(0, writeFields(fields)));
const list = sequence(kerberosMechanism);

/** One sequence in the other, as deep as a token may be long. */
function nested(tag: number, depth: number): Buffer {
  let bytes = Buffer.alloc(0);
  for (let level = 0; level < depth; level += 1) {
    const { length } = bytes;
    const octets = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
    bytes = Buffer.concat([Uint8Array.of(tag, ...octets), bytes]);
  }
  return bytes;
}

export const negotiateCorpus: readonly CorpusCase[] = [
  { what: 'nothing', token: hex(''), failure: 'EMPTY' },
  { what: 'one octet', token: hex('60'), failure: 'MALFORMED' },
  { what: 'a frame of no length', token: hex('60 80 00 00'), failure: 'MALFORMED' },
  { what: 'a length of five octets', token: hex('60 85 01 00 00 00 00'), failure: 'MALFORMED' },
  { what: 'a length of all ones', token: hex('60 84 ff ff ff ff 06'), failure: 'MALFORMED' },
  { what: 'a length that could be shorter', token: hex('60 81 04 06 02 2b 06'), failure: 'MALFORMED' },
  { what: 'a length beyond the end', token: hex('60 7f 06 06 2b 06 01 05 05 02'), failure: 'MALFORMED' },
  { what: 'SPNEGO without anything', token: inSpnego(hex('')), failure: 'MALFORMED' },
  { what: 'SPNEGO with something after it', token: Buffer.concat([init(list), hex('00')]), failure: 'MALFORMED' },
  { what: 'no list of mechanisms', token: init(undefined, undefined, octetString(hex('00'))), failure: 'MALFORMED' },
  { what: 'an empty list', token: init(sequence()), failure: 'MALFORMED' },
  { what: 'a list of numbers', token: init(sequence(hex('02 01 05'))), failure: 'MALFORMED' },
  { what: 'an identifier that does not end', token: init(sequence(hex('06 02 2b 86'))), failure: 'MALFORMED' },
  { what: 'a token that is no octets', token: init(list, undefined, hex('02 01 05')), failure: 'MALFORMED' },
  { what: 'an empty token', token: init(list, undefined, octetString(hex(''))), failure: 'MALFORMED' },
  {
    what: 'fields in the wrong order',
    token: inSpnego(contextExplicit(0, sequence(contextExplicit(2, octetString(hex('00'))), contextExplicit(0, list)))),
    failure: 'MALFORMED',
  },
  {
    what: 'a field twice',
    token: inSpnego(contextExplicit(0, sequence(contextExplicit(0, list), contextExplicit(0, list)))),
    failure: 'MALFORMED',
  },
  {
    what: 'more mechanisms than anybody has',
    token: init(sequence(...Array.from({ length: 5000 }, () => kerberosMechanism))),
    failure: 'MALFORMED',
  },
  {
    what: 'an identifier as long as a token may be',
    token: init(sequence(Buffer.concat([hex('06 82 ff 00'), Buffer.alloc(0xff00 - 1, 0x81), hex('01')]))),
    failure: 'MALFORMED',
  },
  {
    what: 'SPNEGO within SPNEGO',
    token: spnegoInit({ token: spnegoInit({ token: hex('00') }) }),
    failure: 'MALFORMED',
  },
  { what: 'NEGOEX', token: spnegoInit({ mechanisms: ['1.3.6.1.4.1.311.2.2.30'] }), failure: 'NO_KERBEROS' },
  { what: 'a response that continues nothing', token: hex('a1 07 30 05 a0 03 0a 01 00'), failure: 'LOST' },
  { what: 'a response that cannot be read', token: hex('a1 03 30 05 a0'), failure: 'MALFORMED' },
  { what: 'NTLM', token: Buffer.from('NTLMSSP\0\x01\0\0\0'), failure: 'NTLM' },
  { what: 'NTLM where Kerberos was said', token: spnegoInit({ token: Buffer.from('NTLMSSP\0\x01') }), failure: 'NTLM' },
  { what: 'Kerberos without a message', token: kerberos(hex('')), failure: 'MALFORMED' },
  { what: 'an empty AP-REQ', token: kerberos(hex('6e 00')), failure: 'MALFORMED' },
  { what: 'an AP-REQ of another version', token: kerberos(hex('6e 07 30 05 a0 03 02 01 04')), failure: 'MALFORMED' },
  {
    what: 'a KRB-ERROR',
    token: framed(Buffer.concat([kerberosMechanism, hex('03 00 7e 00')])),
    failure: 'UNSUPPORTED',
  },
  { what: 'sequences one in the other', token: kerberos(nested(0x30, 15_000)), failure: 'MALFORMED' },
  { what: 'AP-REQs one in the other', token: kerberos(nested(0x6e, 15_000)), failure: 'MALFORMED' },
  { what: 'tags of fields one in the other', token: inSpnego(nested(0xa0, 15_000)), failure: 'MALFORMED' },
  { what: 'thousands of empty fields', token: kerberos(Buffer.alloc(60_000, hex('a0 00'))), failure: 'MALFORMED' },
  { what: 'a tag in further octets', token: kerberos(hex('7f 8e 01 00')), failure: 'MALFORMED' },
  { what: 'more than a token may have', token: Buffer.alloc(64 * 1024 + 1, 0x60), failure: 'MALFORMED' },
  { what: 'text', token: Buffer.from('Basic aG5lbHNvbjpwYXNzd29yZA=='), failure: 'MALFORMED' },
];
