import { describe, expect, it } from 'vitest';
import { maxSealedCharacters } from '../../../src/spi/one-time-codes.ts';
import { Secret } from '../../../src/spi/secret.ts';
import { type Authenticator, createAuthenticatorSeal } from '../../../src/wire/one-time-code/record.ts';
import { newRecoveryCodes, readRecoveryCode, recoveryDigest } from '../../../src/wire/one-time-code/recovery-codes.ts';
import { createFakeRandom } from '../../support/fake-random.ts';

const keyOf = (byte: number) => new Secret(new Uint8Array(32).fill(byte));
const sealWith = (byte: number) => createAuthenticatorSeal(keyOf(byte), createFakeRandom());
const authenticator: Authenticator = {
  algorithm: 'SHA-512',
  digits: 8,
  secret: new Secret(new Uint8Array(64).fill(9)),
  recovery: Array.from({ length: 10 }, (_, n) => recoveryDigest(keyOf(1), 'alice', String(n))),
  at: 5,
};

describe('a sealed record', () => {
  it('gives back what was sealed, to its owner and purpose', () => {
    const sealed = sealWith(1).seal('record', 'alice', authenticator);
    const opened = sealWith(1).open('record', 'alice', sealed);
    expect({ ...opened, secret: opened?.secret.reveal() }).toEqual({
      ...authenticator,
      secret: Buffer.from(authenticator.secret.reveal()),
    });
  });

  it('fits into a store with every recovery code, needs no escaping there, and shows nothing', () => {
    const sealed = sealWith(1).seal('record', 'alice', authenticator);
    expect(sealed.length).toBeLessThan(maxSealedCharacters / 2);
    expect(sealed).toMatch(/^1\.[A-Za-z0-9_-]+$/);
    expect(Buffer.from(sealed.slice(2), 'base64url').toString('latin1')).not.toContain('SHA-512');
  });

  it('is worth nothing to another person, for another purpose or under another key', () => {
    const sealed = sealWith(1).seal('record', 'alice', authenticator);
    expect(sealWith(1).open('record', 'mallory', sealed)).toBeUndefined();
    expect(sealWith(1).open('proposal', 'alice', sealed)).toBeUndefined();
    expect(sealWith(2).open('record', 'alice', sealed)).toBeUndefined();
  });

  it.each(['', '1.', '1.AAAA', '2.AAAA', 'x', `1.${'A'.repeat(5000)}`, '1.äöü'])('is not %j', (sealed) => {
    expect(sealWith(1).open('record', 'alice', sealed)).toBeUndefined();
  });

  it('does not open after one character was changed', () => {
    const sealed = sealWith(1).seal('record', 'alice', authenticator);
    const at = Math.floor(sealed.length / 2);
    const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
    expect(sealWith(1).open('record', 'alice', changed)).toBeUndefined();
  });
});

describe('recovery codes', () => {
  it('are ten different ones of sixteen digits in groups', () => {
    const codes = newRecoveryCodes(createFakeRandom()).map((code) => code.reveal());
    expect(new Set(codes).size).toBe(10);
    expect(codes.filter((code) => !/^\d{4}-\d{4}-\d{4}-\d{4}$/.test(code))).toEqual([]);
  });

  it.each(['1234-5678-9012-3456', '1234567890123456', ' 1234 5678 9012 3456 '])('are read from %j', (typed) => {
    expect(readRecoveryCode(typed)).toBe('1234567890123456');
  });

  it.each(['', '123456', '12345678901234567', 'abcd-efgh-ijkl-mnop'])('are not read from %j', (typed) => {
    expect(readRecoveryCode(typed)).toBeUndefined();
  });

  it('are kept as something that depends on the key and on their owner', () => {
    const digests = [
      recoveryDigest(keyOf(1), 'alice', '1'),
      recoveryDigest(keyOf(2), 'alice', '1'),
      recoveryDigest(keyOf(1), 'bob', '1'),
    ];
    expect(new Set(digests).size).toBe(3);
  });
});
