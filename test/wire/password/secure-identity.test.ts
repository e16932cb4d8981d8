/** @module SecureIdentity's passwords: the example of JBoss's documentation, and OpenSSL's Blowfish as judge of ours. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decryptBlowfish } from '../../../src/wire/password/blowfish.ts';
import { decodeSecureIdentity } from '../../../src/wire/password/secure-identity.ts';

/** OpenSSL's command line takes keys of 16 bytes only. */
function encrypt(key: Buffer, plain: Buffer): Buffer {
  const args = ['enc', '-bf-ecb', '-nopad', '-provider', 'legacy', '-provider', 'default', '-K', key.toString('hex')];
  return execFileSync('openssl', args, { input: plain });
}

describe('decryptBlowfish', () => {
  it.each(['one', 'two', 'three'])('undoes what OpenSSL does with key %s', (seed) => {
    const key = createHash('md5').update(seed).digest();
    const plain = createHash('sha512').update(seed).digest();
    expect(decryptBlowfish(key, encrypt(key, plain))).toEqual(plain);
  });

  it.each([
    // Eric Young's vectors (schneier.com/code/vectors.txt).
    ['0000000000000000', '4ef997456198dd78', '0000000000000000'],
    ['ffffffffffffffff', '51866fd5b85ecb8a', 'ffffffffffffffff'],
    ['0123456789abcdef', '61f9c3802281b096', '1111111111111111'],
    ['fedcba9876543210', '0aceab0fc6a0a28d', '0123456789abcdef'],
  ])('of key %s takes %s to %s', (key, cipher, plain) => {
    const hex = (text: string) => Buffer.from(text, 'hex');
    expect(Buffer.from(decryptBlowfish(hex(key), hex(cipher))).toString('hex')).toBe(plain);
  });
});

describe('decodeSecureIdentity', () => {
  it.each([
    ['5dfc52b51bd35553df8592078de921bc', 'password'],
    // PyCryptodome's Blowfish, written as java.math.BigInteger writes: negative, and with leading bytes lost.
    ['-7d9847c2fc03251b207a6df87216de44', 'secret13'],
    ['-2ea60d25d2ee32', 's107'],
    ['-acfe78ccca77', 's41282'],
    ['7e4970c180790980385d94b50fa2f7c46abaae2a186c15678d1c46983ba0ac9c', 'pässword longer than a block'],
  ])('reads %s', (encoded, password) => {
    expect(decodeSecureIdentity(encoded)?.reveal()).toBe(password);
  });

  it.each([
    '',
    '-',
    'xyz',
    '5dfc52b51bd35553df8592078de921bd',
    '0',
    '1'.repeat(1025),
    ' 5dfc52b51bd35553df8592078de921bc',
  ])('takes %j for none', (encoded) => {
    expect(decodeSecureIdentity(encoded)).toBeUndefined();
  });

  it('reads any text or says that it is none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^-?[0-9a-f]{1,40}$/)), (text) => {
        expect(['string', 'undefined']).toContain(typeof decodeSecureIdentity(text)?.reveal());
      }),
      { numRuns: 100 },
    );
  });
});
