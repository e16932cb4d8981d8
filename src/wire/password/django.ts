/** @module Passwords as Django keeps them in auth_user.password: `algorithm$…` (django.contrib.auth.hashers). */
import type { DigestName, PasswordHash } from '../../spi/passwords.ts';
import { parseArgon2 } from '../argon2.ts';
import { digestBytes } from './ldap-scheme.ts';
import {
  checkLength,
  hashBytes,
  maxScryptBlocks,
  maxScryptWork,
  pbkdf2Iterations,
  readBase64,
  readHex,
  readNumber,
  readTextSalt,
  scryptLanes,
  unsupported,
  type Where,
} from './limits.ts';
import { parseBcrypt } from './modular-crypt.ts';

/** Names that Django and its predecessors have had; any other text with a dollar sign is a plain password. */
export function claimsDjango(text: string): boolean {
  return /^(?:pbkdf2|argon2|bcrypt|scrypt|md5|sha1|sha256|sha512|crypt|unsalted)(?:_[a-z0-9]+)*\$/.test(text);
}

/** @throws ERR_CONFIG_INVALID on an algorithm that is not supported and beyond the limits. */
export function parseDjango(text: string, where: Where): PasswordHash {
  const [algorithm = '', ...fields] = text.split('$');
  switch (algorithm) {
    case 'pbkdf2_sha256':
      return parsePbkdf2('sha256', fields, where);
    case 'pbkdf2_sha1':
      return parsePbkdf2('sha1', fields, where);
    case 'argon2':
      return parseArgon2(`$${fields.join('$')}`, where);
    case 'bcrypt_sha256':
    case 'bcrypt':
      return parseDjangoBcrypt(fields, algorithm === 'bcrypt_sha256', where);
    case 'scrypt':
      return parseScrypt(fields, where);
    case 'sha1':
    case 'md5':
      return parseSalted(algorithm, fields, where);
    default:
      throw unsupported('a password of this Django hasher is not supported', where);
  }
}

/** Salts of Django are texts; the hash is in ordinary base64. */
function parsePbkdf2(digest: DigestName, fields: readonly string[], where: Where): PasswordHash {
  const [iterations, salt, hash, ...more] = fields;
  if (more.length > 0) {
    throw unsupported('not a PBKDF2 password of Django', where);
  }
  return {
    kind: 'pbkdf2',
    digest,
    iterations: readNumber(iterations, 'number of iterations', pbkdf2Iterations, where),
    salt: readTextSalt(salt, where),
    hash: checkLength(readBase64(hash, 'hash', where), 'hash', hashBytes, where),
  };
}

/** `bcrypt_sha256$$2b$12$…`: the hasher's name in front of a bcrypt string. */
function parseDjangoBcrypt(fields: readonly string[], preHashed: boolean, where: Where): PasswordHash {
  const [empty, version, ...bcrypt] = fields;
  if (empty !== '' || version === undefined || !['2a', '2b', '2y'].includes(version)) {
    throw unsupported('not a bcrypt password of Django', where);
  }
  return parseBcrypt(bcrypt, preHashed, where);
}

/** `scrypt$N$salt$r$p$hash` */
function parseScrypt(fields: readonly string[], where: Where): PasswordHash {
  const [cost, salt, blockSize, lanes, hash, ...more] = fields;
  const parsed: PasswordHash = {
    kind: 'scrypt',
    cost: readNumber(cost, 'cost', { min: 2, max: maxScryptBlocks }, where),
    blockSize: readNumber(blockSize, 'block size', { min: 1, max: maxScryptBlocks }, where),
    lanes: readNumber(lanes, 'parallelism', scryptLanes, where),
    salt: readTextSalt(salt, where),
    hash: checkLength(readBase64(hash, 'hash', where), 'hash', hashBytes, where),
  };
  const blocks = parsed.cost * parsed.blockSize;
  // RFC 7914 §6: N is a power of two.
  const isPower = (parsed.cost & (parsed.cost - 1)) === 0;
  if (more.length > 0 || !isPower || blocks > maxScryptBlocks || blocks * parsed.lanes > maxScryptWork) {
    throw unsupported('an scrypt password out of bounds', where);
  }
  return parsed;
}

function parseSalted(digest: 'md5' | 'sha1', fields: readonly string[], where: Where): PasswordHash {
  const [salt, hash, ...more] = fields;
  const bytes = readHex(hash, 'hash', where);
  if (more.length > 0 || bytes.length !== digestBytes[digest]) {
    throw unsupported('not a salted digest of Django', where);
  }
  return { kind: 'digest', digest, salt: readTextSalt(salt, where), saltPlace: 'before', hash: bytes };
}
