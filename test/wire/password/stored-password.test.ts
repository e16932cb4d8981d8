/** @module The carrier of stored passwords: what is taken for what, what is refused, and that no text gets past the limits. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GatehouseError } from '../../../src/spi/errors.ts';
import type { PasswordHash } from '../../../src/spi/passwords.ts';
import { maxArgon2MemoryKib, maxArgon2Passes } from '../../../src/wire/argon2.ts';
import { bcryptCost, maxScryptWork, pbkdf2Iterations, shaCryptRounds } from '../../../src/wire/password/limits.ts';
import { claimsScheme, isCurrent, readStoredPassword, schemeName } from '../../../src/wire/password/stored-password.ts';

const vectorFile = new URL('vectors.json', import.meta.url);
const vectors = z
  .object({ vectors: z.array(z.object({ stored: z.string() })) })
  .parse(JSON.parse(readFileSync(vectorFile, 'utf8')))
  .vectors.map(({ stored }) => stored);

const refused = expect.objectContaining({ code: 'ERR_CONFIG_INVALID', facts: { line: 7 } });
const zero86 = '.'.repeat(86);
const bcryptBody = 'abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a';

describe('readStoredPassword', () => {
  it.each([
    'secret',
    '',
    '$',
    '$ecret',
    'pa$$word',
    '{',
    '{}x',
    '{1}',
    '{a b}c',
    'sha1',
    'my_pass$1',
    '!secret',
    '*',
    '$'.concat('{x}'),
    '"x"',
    '{x',
  ])('takes %j for a plain password', (text) => {
    expect(readStoredPassword(text)).toEqual({ kind: 'text', text });
  });

  it('takes anything behind {CLEARTEXT} for a plain password', () => {
    expect(readStoredPassword('{cleartext}$6$x$y')).toEqual({ kind: 'text', text: '$6$x$y' });
    expect(readStoredPassword('{CLEARTEXT}{SSHA}x')).toEqual({ kind: 'text', text: '{SSHA}x' });
  });

  it.each([
    ['MD5-crypt', '$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/'],
    ['Apache MD5', '$apr1$jgwedrkq$jzeetEHMGal5H0SUFDMEl1'],
    ['Sun MD5', '$md5,rounds=904$x$y'],
    ['faulty bcrypt', `$2x$05$${bcryptBody}`],
    ['yescrypt', '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7'],
    ['phpass', '$P$B55D6LjfHDkINU5wF.v2BuuzO0/XPk/'],
    ['a modular crypt string that nobody knows', '$new$x$y'],
    ['DES-crypt in LDAP', '{CRYPT}rl.3StKT.4T8M'],
    ['BSDi DES', '_J9..rasmBYk8r9AiWNc'],
    ['an LDAP scheme that nobody knows', '{NEW}abc'],
    ['SASL delegation', '{SASL}eric@example.com'],
    ['a Django hasher that is not supported', 'crypt$$rl.3StKT.4T8M'],
    ['an unsalted Django digest', 'unsalted_md5$5ebe2294ecd0e0f08eab7690d2a6ee69'],
    ['JSON that is no credential', '{"a":1}'],
    [
      'a Keycloak credential of a later algorithm',
      '{"credentialData":{"algorithm":"new","hashIterations":1},"secretData":{"value":"AAAAAAAAAAAAAAAAAAAAAA==","salt":"AAAA"}}',
    ],
    ['an Elytron algorithm that is not supported', '{elytron:digest-md5}AgVhbGljZQ=='],
    ['too few rounds', `$6$rounds=999$salt$${zero86}`],
    ['too many rounds', `$6$rounds=1000001$salt$${zero86}`],
    ['rounds that are no number', `$6$rounds=1e3$salt$${zero86}`],
    ['rounds with a zero in front', `$6$rounds=05000$salt$${zero86}`],
    ['no salt', `$6$$${zero86}`],
    ['a long salt', `$6$seventeen.letters$${zero86}`],
    ['a short hash', `$6$salt$${zero86.slice(1)}`],
    ['something behind the hash', `$6$salt$${zero86}$x`],
    ['a line feed behind the hash', `$6$salt$${zero86}\n`],
    ['an expensive bcrypt', `$2b$16$${bcryptBody}`],
    ['a cheap bcrypt', `$2b$03$${bcryptBody}`],
    ['a short bcrypt', `$2b$05$${bcryptBody.slice(1)}`],
    ['no iterations', 'pbkdf2_sha256$0$salt$AAAAAAAAAAAAAAAAAAAAAA=='],
    ['too many iterations', 'pbkdf2_sha256$5000001$salt$AAAAAAAAAAAAAAAAAAAAAA=='],
    ['a short PBKDF2 hash', 'pbkdf2_sha256$1000$salt$AAAA'],
    ['a Django hash that is not base64', 'pbkdf2_sha256$1000$salt$AAAAAAAAAAAAAAAAAAAAA!=='],
    ['an scrypt that fills the memory', 'scrypt$4194304$salt$8$1$AAAAAAAAAAAAAAAAAAAAAA=='],
    ['an scrypt that takes for ever', 'scrypt$262144$salt$8$16$AAAAAAAAAAAAAAAAAAAAAA=='],
    ['an scrypt whose cost is no power of two', 'scrypt$1000$salt$8$1$AAAAAAAAAAAAAAAAAAAAAA=='],
    ['a salted digest without salt', '{SSHA}qUqP5cyxm6YcTAhz05Hph5gvu9M='],
    ['a digest with something behind it', '{SHA}Y6MGoIJTVy/CY5zXdqcwq1ySChiKqlSv'],
    ['a short digest', '{SHA}AAAA'],
    ['an Elytron password of another form', '{elytron:clear}AwAA'],
    ['an Elytron password that is cut off', '{elytron:password-salt-digest-md5}BP8='],
    ['what is too long for any of them', `{SSHA}${'A'.repeat(5000)}`],
  ])('refuses %s, and says where it stood', (_, text) => {
    expect(claimsScheme(text)).toBe(true);
    expect(() => readStoredPassword(text, { line: 7 })).toThrow(refused);
  });

  it('says nothing of the stored value in its error', () => {
    const errorOf = (text: string): unknown => {
      try {
        return readStoredPassword(text, { line: 7 });
      } catch (error) {
        return error instanceof GatehouseError ? { message: error.message, facts: error.facts } : error;
      }
    };
    for (const text of ['$1$SALTY$HASHED', '{SALTY}HASHED', '{"SALTY":"HASHED"}', 'scrypt$SALTY$HASHED']) {
      expect(JSON.stringify(errorOf(text))).not.toMatch(/SALTY|HASHED/);
    }
  });

  it('reads any text, or refuses it by name, and never reads one that costs more than the limits', () => {
    const mutated = fc
      .tuple(
        fc.constantFrom(...vectors),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(3),
        fc.string({ maxLength: 4 }),
      )
      .map(([text, place, cut, put]) => {
        const at = Math.floor(place * text.length);
        return text.slice(0, at) + put + text.slice(at + cut);
      });
    const begun = fc
      .tuple(
        fc.constantFrom(
          '$6$',
          '$5$rounds=',
          '$2b$',
          '$argon2id$v=19$',
          '{SSHA}',
          '{CRYPT}',
          '{PBKDF2}',
          '{elytron:bcrypt}',
          'scrypt$',
          '{"',
        ),
        fc.string({ unit: 'binary' }),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(mutated, begun, fc.string({ unit: 'binary' })), (text) => {
        try {
          const stored = readStoredPassword(text);
          if (stored.kind === 'hash') expect(withinLimits(stored.hash)).toBe(true);
          if (stored.kind === 'text' && stored.text === text) expect(claimsScheme(text)).toBe(false);
        } catch (error) {
          expect(error).toBeInstanceOf(GatehouseError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function withinLimits(hash: PasswordHash): boolean {
  switch (hash.kind) {
    case 'argon2':
      return hash.parameters.memoryKib <= maxArgon2MemoryKib && hash.parameters.passes <= maxArgon2Passes;
    case 'bcrypt':
      return hash.cost >= bcryptCost.min && hash.cost <= bcryptCost.max;
    case 'pbkdf2':
      return hash.iterations <= pbkdf2Iterations.max && hash.hash.length <= 128;
    case 'scrypt':
      return hash.cost * hash.blockSize * hash.lanes <= maxScryptWork;
    case 'sha-crypt':
      return hash.rounds >= shaCryptRounds.min && hash.rounds <= shaCryptRounds.max && hash.salt.length <= 16;
    case 'digest':
      return hash.hash.length <= 64;
    default:
      return hash satisfies never;
  }
}

describe('schemeName', () => {
  it.each([
    ['secret', 'plain'],
    ['', 'empty'],
    ['{CLEARTEXT}x', 'plain'],
    [`!$2b$05$${bcryptBody}`, 'locked'],
    [`$2y$05$${bcryptBody}`, 'bcrypt'],
    [`bcrypt_sha256$$2b$05$${bcryptBody}`, 'bcrypt-sha256'],
    [`$6$salt$${zero86}`, 'sha512-crypt'],
    ['{SSHA}Y6MGoIJTVy/CY5zXdqcwq1ySChiKqlSv', 'salted-sha1'],
    ['{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=', 'digest-sha1'],
    ['pbkdf2_sha256$1000$salt$AAAAAAAAAAAAAAAAAAAAAA==', 'pbkdf2-sha256'],
    ['scrypt$256$salt$8$1$AAAAAAAAAAAAAAAAAAAAAA==', 'scrypt'],
    ['$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA', 'argon2i'],
  ])('of %s is %s', (text, name) => {
    expect(schemeName(readStoredPassword(text))).toBe(name);
  });

  it('of a text is that of the digest where the module has one', () => {
    expect(schemeName(readStoredPassword('K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols='), 'sha256')).toBe(
      'digest-sha256',
    );
  });
});

describe('isCurrent', () => {
  const phc = (start: string) => `${start}$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA`;
  it.each([
    [phc('$argon2id$v=19$m=19456,t=2,p=1'), true],
    [phc('$argon2id$v=19$m=65536,t=3,p=4'), true],
    [phc('$argon2id$v=19$m=19455,t=2,p=1'), false],
    [phc('$argon2id$v=19$m=19456,t=1,p=1'), false],
    [phc('$argon2i$v=19$m=65536,t=3,p=1'), false],
    [`$2b$12$${bcryptBody}`, false],
    ['secret', false],
    [`!$2b$12$${bcryptBody}`, true],
  ])('of %s is %s', (text, current) => {
    expect(isCurrent(readStoredPassword(text))).toBe(current);
  });
});
