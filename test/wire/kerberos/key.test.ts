/** @module Kerberos keys against the vectors of RFC 8009 A, and by round trip where no RFC has any. */
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/spi/secret.ts';
import { encryptionType, encryptionTypes } from '../../../src/wire/kerberos/encryption-types.ts';
import { createKerberosKey } from '../../../src/wire/kerberos/key.ts';
import { nFold } from '../../../src/wire/kerberos/n-fold.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const keyOf = (id: number, bytes: Uint8Array) => createKerberosKey(encryptionType(id)!, new Secret(bytes));
const base = new Map([
  [19, hex('3705d96080c17728a0e800eab6e0d23c')],
  [20, hex('6d404d37faf79f9df0d33568d320669800eb4836472ea8a026d16b7182460c52')],
]);
const plaintexts = [
  '',
  '000102030405',
  '000102030405060708090a0b0c0d0e0f',
  '000102030405060708090a0b0c0d0e0f1011121314',
];

describe('the sample encryptions of RFC 8009', () => {
  it.each([
    [19, 0, '7e5895eaf2672435bad817f545a37148', 'ef85fb890bb8472f4dab20394dca781dad877eda39d50c870c0d5a0a8e48c718'],
    [
      19,
      1,
      '7bca285e2fd4130fb55b1a5c83bc5b24',
      '84d7f30754ed987bab0bf3506beb09cfb55402cef7e6877ce99e247e52d16ed4421dfdf8976c',
    ],
    [
      19,
      2,
      '56ab21713ff62c0a1457200f6fa9948f',
      '3517d640f50ddc8ad3628722b3569d2ae07493fa8263254080ea65c1008e8fc295fb4852e7d83e1e7c48c37eebe6b0d3',
    ],
    [
      19,
      3,
      'a7a4e29a4728ce10664fb64e49ad3fac',
      '720f73b18d9859cd6ccb4346115cd336c70f58edc0c4437c5573544c31c813bce1e6d072c186b39a413c2f92ca9b8334a287ffcbfc',
    ],
    [
      20,
      0,
      'f764e9fa15c276478b2c7d0c4e5f58e4',
      '41f53fa5bfe7026d91faf9be959195a058707273a96a40f0a01960621ac612748b9bbfbe7eb4ce3c',
    ],
    [
      20,
      1,
      'b80d3251c1f6471494256ffe712d0b9a',
      '4ed7b37c2bcac8f74f23c1cf07e62bc7b75fb3f637b9f559c7f664f69eab7b6092237526ea0d1f61cb20d69d10f2',
    ],
    [
      20,
      2,
      '53bf8a0d105265d4e276428624ce5e63',
      'bc47ffec7998eb91e8115cf8d19dac4bbbe2e163e87dd37f49beca92027764f68cf51f14d798c2273f35df574d1f932e40c4ff255b36a266',
    ],
    [
      20,
      3,
      '763e65367e864f02f55153c7e3b58af1',
      '40013e2df58e8751957d2878bcd2d6fe101ccfd556cb1eae79db3c3ee86429f2b2a602ac86fef6ecb647d6295fae077a1feb517508d2c16b4192e01f62',
    ],
  ])('of type %i, number %i, come out and go back', (id, index, confounder, ciphertext) => {
    const key = keyOf(id, base.get(id)!);
    const plaintext = hex(plaintexts[index]!);
    expect(Buffer.from(key.encrypt(2, plaintext, hex(confounder))).toString('hex')).toBe(ciphertext);
    expect(Buffer.from(key.decrypt(2, hex(ciphertext))!)).toEqual(plaintext);
  });
});

it.each([
  [19, 'd78367186643d67b411cba9139fc1dee'],
  [20, '45ee791567eefca37f4ac1e0222de80d43c3bfa06699672a'],
])('the sample checksum of type %i comes out', (id, checksum) => {
  const key = keyOf(id, base.get(id)!);
  expect(Buffer.from(key.checksum(2, hex(plaintexts[3]!))).toString('hex')).toBe(checksum);
});

it('a checksum of SHA-1 is a shortened HMAC under the key derived for it', () => {
  // DK for one block is one encryption of the folded constant (RFC 3961 §5.1).
  const bytes = randomBytes(16);
  const usage = Uint8Array.of(0, 0, 0, 6, 0x99);
  const oneBlock = keyOf(17, bytes);
  const derived = rawBlock(bytes, nFold(usage, 16));
  const expected = createHmac('sha1', derived).update('body').digest().subarray(0, 12);
  expect(Buffer.from(oneBlock.checksum(6, Buffer.from('body')))).toEqual(expected);
});

describe.each(encryptionTypes)('$name', (type) => {
  const key = createKerberosKey(type, new Secret(randomBytes(type.keyBytes)));
  const plaintext = randomBytes(77);
  const message = key.encrypt(11, plaintext, randomBytes(16));

  it('gives back what was encrypted', () => expect(Buffer.from(key.decrypt(11, message)!)).toEqual(plaintext));

  it('gives nothing for another usage', () => expect(key.decrypt(2, message)).toBeUndefined());

  it('gives nothing when any one bit was changed', () => {
    const opened = [...message].filter((_, index) => {
      const changed = Uint8Array.from(message);
      changed[index] = (changed[index] ?? 0) ^ 1;
      return key.decrypt(11, changed) !== undefined;
    });
    expect(opened).toEqual([]);
  });

  it('gives nothing for what is shorter than a block and a checksum', () => {
    expect(key.decrypt(11, message.subarray(0, 15 + type.macBytes))).toBeUndefined();
  });

  it('refuses a checksum that is cut short', () => {
    const checksum = key.checksum(17, plaintext);
    expect(key.verifyChecksum(17, plaintext, checksum)).toBe(true);
    expect(key.verifyChecksum(17, plaintext, checksum.subarray(1))).toBe(false);
  });

  it('shows its bytes to nobody who prints it', () => {
    const bytes = Buffer.alloc(type.keyBytes, 'K');
    const shown = inspect(createKerberosKey(type, new Secret(bytes)), { depth: 9, showHidden: true });
    expect(shown).not.toMatch(/KKKK|75, 75|4b4b/);
  });

  it('takes no key of another length', () => {
    expect(() => createKerberosKey(type, new Secret(randomBytes(24)))).toThrow(/bytes/);
  });
});

function rawBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  const whole = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block);
  return whole;
}
