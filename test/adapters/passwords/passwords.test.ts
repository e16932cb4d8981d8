/** @module The password service against what other software has hashed: vectors, and tools that are run here. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createPasswords } from '../../../src/adapters/passwords/passwords.ts';
import { systemRandom } from '../../../src/adapters/system-clock.ts';
import { passwordHashOptions } from '../../../src/spi/password-hash-options.ts';
import { Secret } from '../../../src/spi/secret.ts';
import { readStoredPassword } from '../../../src/wire/password/stored-password.ts';

const vectorFile = new URL('../../wire/password/vectors.json', import.meta.url);
const vectors = z
  .object({ password: z.string(), vectors: z.array(z.object({ from: z.string(), stored: z.string() })) })
  .parse(JSON.parse(readFileSync(vectorFile, 'utf8')));

const passwords = createPasswords({ random: systemRandom });
afterAll(() => passwords.close());
const options = z.strictObject(passwordHashOptions).parse({});
const never = new AbortController().signal;

async function verify(stored: string, typed: string): Promise<boolean> {
  const question = { stored: readStoredPassword(stored), typed: new Secret(typed), options, decoy: undefined };
  return passwords.verify(question, never);
}

describe('the password service', () => {
  it.each(vectors.vectors)('verifies $stored of $from, and no other password', async ({ stored }) => {
    expect(await verify(stored, vectors.password)).toBe(true);
    for (const wrong of [
      '',
      `${vectors.password} `,
      vectors.password.toUpperCase(),
      `${vectors.password}\0x`,
      stored,
    ]) {
      expect(await verify(stored, wrong)).toBe(false);
    }
  });

  const perlCrypt = (salt: string, text: string) =>
    execFileSync('perl', ['-e', 'print crypt($ARGV[1], $ARGV[0])', salt, text], { encoding: 'utf8' });

  it.each([
    '$5$saltsalt',
    '$5$rounds=1000$s',
    '$5$rounds=12345$sixteen.letters.',
    '$6$saltsalt',
    '$6$rounds=1001$./0Az9',
    '$2b$04$abcdefghijklmnopqrstuu',
    '$2y$05$abcdefghijklmnopqrstuu',
  ])("verifies what crypt(3) makes of %s, for passwords of every length's kind", async (salt) => {
    for (const text of ['x', 'secret', 'ä€😀', 'a'.repeat(63), 'b'.repeat(64), 'c'.repeat(65), 'd'.repeat(200)]) {
      const stored = perlCrypt(salt, text);
      expect(stored.startsWith(salt.slice(0, 3))).toBe(true);
      expect(await verify(stored, text)).toBe(true);
      expect(await verify(stored, `e${text}`)).toBe(false);
    }
  });

  it.each(['-5', '-6'])('verifies what openssl passwd %s makes', async (option) => {
    const stored = execFileSync('openssl', ['passwd', option, 'secret'], { encoding: 'utf8' }).trim();
    expect(await verify(stored, 'secret')).toBe(true);
    expect(await verify(stored, 'Secret')).toBe(false);
  });

  it.each([
    '{SHA}',
    '{SSHA}',
    '{MD5}',
    '{SMD5}',
    '{SHA256}',
    '{SSHA256}',
    '{SSHA384}',
    '{SHA512}',
    '{SSHA512}',
    '{CLEARTEXT}',
  ])('verifies what slappasswd -h %s makes', async (scheme) => {
    const modules = /256|384|512/.test(scheme) ? ['-o', 'module-load=pw-sha2.la'] : [];
    const stored = execFileSync('/usr/sbin/slappasswd', ['-n', '-h', scheme, '-s', 'secret', ...modules]).toString();
    expect(stored.startsWith(scheme) || scheme === '{CLEARTEXT}').toBe(true);
    expect(await verify(scheme === '{CLEARTEXT}' ? `${scheme}${stored}` : stored, 'secret')).toBe(true);
    expect(await verify(stored, 'Secret')).toBe(false);
  });

  it('verifies what htpasswd -B makes', async () => {
    const stored = execFileSync('htpasswd', ['-nbB', '-C', '4', 'eric', 'secret'], { encoding: 'utf8' })
      .trim()
      .slice(5);
    expect(stored).toMatch(/^\$2y\$04\$/);
    expect(await verify(stored, 'secret')).toBe(true);
    expect(await verify(stored, 'secret2')).toBe(false);
  });

  it('makes Argon2id hashes with a salt of their own, which it verifies', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => passwords.hash(new Secret('secret'), never)));
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await verify(one ?? '', 'secret')).toBe(true);
  });

  it('lets nobody in with a locked hash, whatever is typed', async () => {
    const { stored = '' } = vectors.vectors.find(({ stored: text }) => text.startsWith('$6$')) ?? {};
    for (const typed of [vectors.password, '', '!']) expect(await verify(`!${stored}`, typed)).toBe(false);
  });

  it('does not take half a character for its replacement character', async () => {
    const stored = await passwords.hash(new Secret('x\ufffd'), never);
    expect(await verify(stored, 'x\ufffd')).toBe(true);
    expect(await verify(stored, 'x\ud800')).toBe(false);
  });

  it('does not hash a password for SHA-crypt that is longer than crypt(3) takes', async () => {
    expect(await verify(perlCrypt('$6$saltsalt', 'a'.repeat(512)), 'a'.repeat(513))).toBe(false);
  });

  it.each([undefined, { kind: 'text', text: 'secret' } as const, { kind: 'locked' } as const])(
    'computes the decoy for %j, who has no hash of his own that costs anything',
    async (stored) => {
      // A salt that the parser would refuse, so that computing it shows.
      const decoy = readStoredPassword('$2b$04$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a');
      if (decoy.kind !== 'hash' || decoy.hash.kind !== 'bcrypt') throw new Error('not bcrypt');
      const faulty = { ...decoy.hash, salt: 'not a salt' };
      const question = { stored, typed: new Secret('secret'), options, decoy: faulty };
      await expect(passwords.verify(question, never)).rejects.toThrow(/salt/);
    },
  );

  it.each(['$6$rounds=1000000$saltsalt$', '$5$rounds=1000000$saltsalt$'])(
    'gives up %s at its deadline, and goes on with others',
    async (start) => {
      const stored = start + '.'.repeat(start.startsWith('$6') ? 86 : 43);
      const deadline = new AbortController();
      const question = { stored: readStoredPassword(stored), typed: new Secret('x'), options, decoy: undefined };
      const verdict = passwords.verify(question, deadline.signal);
      setImmediate(() => deadline.abort());
      await expect(verdict).rejects.toMatchObject({ code: 'ERR_DEADLINE_EXCEEDED' });
      expect(await verify(perlCrypt('$6$saltsalt', 'secret'), 'secret')).toBe(true);
    },
  );
});
