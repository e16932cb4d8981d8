/** @module AES with ciphertext stealing against the vectors of RFC 3962 B, both ways. */
import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAesCts } from '../../../src/wire/kerberos/aes-cts.ts';

const text = "I would like the General Gau's Chicken, please, and wonton soup.";
const cts = createAesCts(createSecretKey(Buffer.from('chicken teriyaki')));

describe('of this text', () => {
  it.each([
    [16, '97687268d6ecccc0c07b25e25ecfe584'],
    [17, 'c6353568f2bf8cb4d8a580362da7ff7f97'],
    [31, 'fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5'],
    [32, '39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584'],
    [47, '97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e39312523a78662d5be7fcbcc98ebf5'],
    [48, '97687268d6ecccc0c07b25e25ecfe5849dad8bbb96c4cdc03bc103e1a194bbd839312523a78662d5be7fcbcc98ebf5a8'],
    [
      64,
      '97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a84807efe836ee89a526730dbc2f7bc8409dad8bbb96c4cdc03bc103e1a194bbd8',
    ],
  ])('%i characters encrypt to the published bytes and back', (length, ciphertext) => {
    const plaintext = Buffer.from(text.slice(0, length));
    expect(Buffer.from(cts.encrypt(plaintext)).toString('hex')).toBe(ciphertext);
    expect(Buffer.from(cts.decrypt(Buffer.from(ciphertext, 'hex')))).toEqual(plaintext);
  });
});

it('one object decrypts one message after the other, of every length', () => {
  const other = createAesCts(createSecretKey(randomBytes(32)));
  for (let length = 16; length <= 100; length += 1) {
    const plaintext = randomBytes(length);
    expect(Buffer.from(other.decrypt(other.encrypt(plaintext)))).toEqual(plaintext);
  }
});
