/** @module Passwords in modular crypt form: `$5$`, `$6$` of crypt(3), `$2b$` of bcrypt, passlib's `$pbkdf2-sha256$`, and PHC strings. */
import type { DigestName, PasswordHash } from '../../spi/passwords.ts';
import { claimsArgon2, parseArgon2 } from '../argon2.ts';
import {
  bcryptCost,
  checkLength,
  hashBytes,
  pbkdf2Iterations,
  readAdaptedBase64,
  readNumber,
  saltBytes,
  shaCryptRounds,
  unsupported,
  type Where,
} from './limits.ts';
import { shaCryptLength } from './sha-crypt.ts';

/** What is stored where nothing says how many rounds. */
const defaultShaCryptRounds = 5000;

/** A value that begins like a modular crypt string; it is one, or it is refused. */
export function claimsModularCrypt(text: string): boolean {
  return /^\$[A-Za-z0-9][A-Za-z0-9_-]{0,31}[$,]/.test(text) || /^_[./0-9A-Za-z]{19}$/.test(text);
}

/** Known forms that are not verified, so that the error can say what to do about them. */
const refused: Readonly<Record<string, string>> = {
  '1': 'MD5-crypt ($1$) is too weak',
  apr1: 'Apache MD5 ($apr1$) is too weak',
  md5: 'Sun MD5 ($md5$) is too weak',
  '2x': 'bcrypt of a faulty version ($2x$)',
  '2': 'bcrypt of the first version ($2$)',
  '3': 'an NT hash ($3$) is too weak',
  y: 'yescrypt ($y$)',
  gy: 'yescrypt ($gy$)',
  '7': 'scrypt of crypt(3) ($7$)',
  sha1: 'SHA1-crypt ($sha1$)',
  P: 'phpass ($P$)',
  H: 'phpass ($H$)',
};

/** @throws ERR_CONFIG_INVALID on a form that is unknown or refused, and beyond the limits. */
export function parseModularCrypt(text: string, where: Where): PasswordHash {
  if (claimsArgon2(text)) {
    return parseArgon2(text, where);
  }
  const [, name = ''] = /^\$([A-Za-z0-9_-]+)[$,]/.exec(text) ?? [];
  const fields = text.split('$').slice(2);
  switch (name) {
    case '5':
      return parseShaCrypt('sha256', fields, where);
    case '6':
      return parseShaCrypt('sha512', fields, where);
    case '2a':
    case '2b':
    case '2y':
      return parseBcrypt(fields, false, where);
    case 'pbkdf2':
      return parsePbkdf2('sha1', fields, where);
    case 'pbkdf2-sha256':
      return parsePbkdf2('sha256', fields, where);
    case 'pbkdf2-sha512':
      return parsePbkdf2('sha512', fields, where);
    default: {
      const known = Object.hasOwn(refused, name) ? refused[name] : undefined;
      throw unsupported(`${known ?? 'a stored password of an unknown form'} is not supported`, where);
    }
  }
}

/** `[rounds=N$]salt$hash`; a salt is at most 16 characters. */
function parseShaCrypt(digest: 'sha256' | 'sha512', fields: readonly string[], where: Where): PasswordHash {
  const written = /^rounds=(.+)$/.exec(fields[0] ?? '')?.[1];
  const rounds =
    written === undefined ? defaultShaCryptRounds : readNumber(written, 'number of rounds', shaCryptRounds, where);
  const [salt = '', hash = '', ...more] = written === undefined ? fields : fields.slice(1);
  const wellFormed = /^[./0-9A-Za-z]*$/.test(hash) && hash.length === shaCryptLength[digest];
  if (!/^[!-~]{1,16}$/.test(salt) || /:/.test(salt) || !wellFormed || more.length > 0) {
    throw unsupported('not a SHA-crypt string', where);
  }
  return { kind: 'sha-crypt', digest, rounds, salt, hash };
}

/** `cost$` and 22 characters of salt with 31 of hash. The versions a, b and y mean one thing where software is not faulty. */
export function parseBcrypt(fields: readonly string[], preHashed: boolean, where: Where): PasswordHash {
  const [cost = '', body = '', ...more] = fields;
  const parts = /^([./A-Za-z0-9]{21}[.Oeu])([./A-Za-z0-9]{31})$/.exec(body);
  if (parts === null || !/^\d\d$/.test(cost) || more.length > 0) {
    throw unsupported('not a bcrypt string', where);
  }
  const [, salt = '', hash = ''] = parts;
  return {
    kind: 'bcrypt',
    cost: readNumber(cost.replace(/^0/, ''), 'cost', bcryptCost, where),
    salt,
    hash,
    preHashed,
  };
}

/** Passlib: `iterations$salt$hash` in adapted base64. */
export function parsePbkdf2(digest: DigestName, fields: readonly string[], where: Where): PasswordHash {
  const [iterations, salt, hash, ...more] = fields;
  if (more.length > 0) {
    throw unsupported('not a PBKDF2 string', where);
  }
  return {
    kind: 'pbkdf2',
    digest,
    iterations: readNumber(iterations, 'number of iterations', pbkdf2Iterations, where),
    salt: checkLength(readAdaptedBase64(salt, 'salt', where), 'salt', saltBytes, where),
    hash: checkLength(readAdaptedBase64(hash, 'hash', where), 'hash', hashBytes, where),
  };
}
