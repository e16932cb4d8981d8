/** @module The password hashing options that every module with stored passwords has (jboss-facts §3), names and defaults as in JBoss. */
import { z } from 'zod';
import { optionFlag } from './option-values.ts';

/** JCA digest names, upper case, and what node:crypto calls them. An unknown name stops the server; JBoss failed each login. */
const digestNames: Readonly<Record<string, string>> = {
  MD5: 'md5',
  SHA: 'sha1',
  SHA1: 'sha1',
  'SHA-1': 'sha1',
  'SHA-224': 'sha224',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
  'SHA-512/256': 'sha512-256',
  'SHA3-256': 'sha3-256',
  'SHA3-512': 'sha3-512',
};

const charsets: Readonly<Record<string, 'utf8' | 'latin1' | 'ascii' | 'utf16le'>> = {
  'UTF-8': 'utf8',
  UTF8: 'utf8',
  'ISO-8859-1': 'latin1',
  LATIN1: 'latin1',
  'US-ASCII': 'ascii',
  ASCII: 'ascii',
  'UTF-16LE': 'utf16le',
};

/** One of the keys of `table`, in any case, turned into its value. */
function nameIn<V extends string>(table: Readonly<Record<string, V>>, what: string): z.ZodType<V, string> {
  return z.string().transform((name, issues) => {
    const upper = name.toUpperCase();
    const value = Object.hasOwn(table, upper) ? table[upper] : undefined;
    if (value === undefined) {
      issues.addIssue({ code: 'custom', message: `unknown ${what}; known are ${Object.keys(table).join(', ')}` });
      return z.NEVER;
    }
    return value;
  });
}

/** Spread into a module's strict zod object. Parsed values are normal: node:crypto's digest and charset names. */
export const passwordHashOptions = {
  hashAlgorithm: nameIn(digestNames, 'digest')
    .optional()
    .describe(
      'Digest of the stored passwords: `MD5`, `SHA`, `SHA-224`, `SHA-256`, `SHA-384`, `SHA-512`, `SHA-512/256`, `SHA3-256`, `SHA3-512`. Without it they are stored plain or in a form that says what it is (`$argon2id$…`, `{SSHA}…`).',
    ),
  hashEncoding: nameIn({ BASE64: 'BASE64', HEX: 'HEX', RFC2617: 'RFC2617' }, 'encoding')
    .default('BASE64')
    .describe(
      'How a digest is written: `BASE64`, `HEX` (lower case) or `RFC2617` (lower-case hex of its first 16 bytes).',
    ),
  hashCharset: nameIn(charsets, 'charset')
    .prefault('UTF-8')
    .describe('Character set in which a password is digested: `UTF-8`, `ISO-8859-1`, `US-ASCII` or `UTF-16LE`.'),
  hashUserPassword: optionFlag.default(true).describe('Digest the password that was typed.'),
  hashStorePassword: optionFlag.default(false).describe('Digest the stored password before comparing.'),
  ignorePasswordCase: optionFlag
    .default(false)
    .describe('Compare without regard to case. With a digest it is the written digest whose case does not count.'),
  storeDigestCallback: z
    .literal('org.jboss.security.auth.callback.RFC2617Digest')
    .optional()
    .describe('Verify HTTP digest responses, and no passwords, against what is stored.'),
  passwordIsA1Hash: optionFlag
    .default(false)
    .describe('With RFC2617Digest: what is stored is `HEX(MD5(user:realm:password))` instead of the password.'),
} as const;

/** Of modules whose store can be written. */
export const rehashOption = {
  rehash: optionFlag
    .default(false)
    .describe(
      'When somebody signs in whose password is kept in an older way, replace it in the file by an Argon2id hash. Not with `storeDigestCallback` or `ignorePasswordCase`.',
    ),
} as const;

/**
 * What to refuse of a module's options, with a message: rehashing where an Argon2id hash would not do what the stored
 * password did. `undefined`: nothing.
 */
export function rehashConflict(
  options: Pick<PasswordHashOptions, 'storeDigestCallback' | 'ignorePasswordCase'> & { readonly rehash: boolean },
): string | undefined {
  if (!options.rehash) return undefined;
  if (options.storeDigestCallback !== undefined) {
    return 'cannot be with storeDigestCallback: no digest can be verified against an Argon2id hash';
  }
  return options.ignorePasswordCase ? 'cannot be with ignorePasswordCase: a hash counts case' : undefined;
}

const schema = z.strictObject(passwordHashOptions);

/** The parsed options. */
export type PasswordHashOptions = Readonly<z.output<typeof schema>>;

/** The defaults: for stores without these options. */
export const plainPasswordOptions: PasswordHashOptions = {
  hashEncoding: 'BASE64',
  hashCharset: 'utf8',
  hashUserPassword: true,
  hashStorePassword: false,
  ignorePasswordCase: false,
  passwordIsA1Hash: false,
};
