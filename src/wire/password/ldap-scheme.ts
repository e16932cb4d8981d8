/** @module Passwords in the form of LDAP's userPassword (RFC 2307 §5.3, RFC 3112): `{SSHA}…`, `{CRYPT}…` and OpenLDAP's modules. */
import type { DigestName, PasswordHash, StoredPassword } from '../../spi/passwords.ts';
import { checkLength, readBase64, saltBytes, unsupported, type Where } from './limits.ts';
import { parseModularCrypt, parsePbkdf2 } from './modular-crypt.ts';

export const digestBytes: Readonly<Record<DigestName, number>> = {
  md5: 16,
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

interface DigestScheme {
  readonly digest: DigestName;
  readonly salted: boolean;
}

/** Upper case; `slappasswd` and the modules pw-sha2, pw-pbkdf2 and argon2 write these. */
const digestSchemes: Readonly<Record<string, DigestScheme>> = {
  MD5: { digest: 'md5', salted: false },
  SMD5: { digest: 'md5', salted: true },
  SHA: { digest: 'sha1', salted: false },
  SSHA: { digest: 'sha1', salted: true },
  SHA256: { digest: 'sha256', salted: false },
  SSHA256: { digest: 'sha256', salted: true },
  SHA384: { digest: 'sha384', salted: false },
  SSHA384: { digest: 'sha384', salted: true },
  SHA512: { digest: 'sha512', salted: false },
  SSHA512: { digest: 'sha512', salted: true },
};

const pbkdf2Schemes: Readonly<Record<string, DigestName>> = {
  PBKDF2: 'sha1',
  'PBKDF2-SHA1': 'sha1',
  'PBKDF2-SHA256': 'sha256',
  'PBKDF2-SHA512': 'sha512',
};

/** The scheme in upper case and what follows; `undefined` for a value that begins with nothing like one. */
export function splitScheme(text: string): { readonly scheme: string; readonly value: string } | undefined {
  const parts = /^\{([A-Za-z][A-Za-z0-9.:_/-]{0,47})\}([\s\S]*)$/.exec(text);
  return parts === null ? undefined : { scheme: (parts[1] ?? '').toUpperCase(), value: parts[2] ?? '' };
}

/** @throws ERR_CONFIG_INVALID on an unknown scheme and beyond the limits. */
export function parseLdapScheme(scheme: string, value: string, where: Where): StoredPassword {
  if (scheme === 'CLEARTEXT') {
    return { kind: 'text', text: value };
  }
  return { kind: 'hash', hash: parseHash(scheme, value, where) };
}

function parseHash(scheme: string, value: string, where: Where): PasswordHash {
  const digestScheme = Object.hasOwn(digestSchemes, scheme) ? digestSchemes[scheme] : undefined;
  if (digestScheme !== undefined) {
    return parseDigest(digestScheme, value, where);
  }
  const pbkdf2 = Object.hasOwn(pbkdf2Schemes, scheme) ? pbkdf2Schemes[scheme] : undefined;
  if (pbkdf2 !== undefined) {
    return parsePbkdf2(pbkdf2, value.split('$'), where);
  }
  if (scheme === 'CRYPT' || scheme === 'ARGON2') {
    if (!value.startsWith('$')) {
      throw unsupported('a DES-crypt password is too weak and is not supported', where);
    }
    return parseModularCrypt(value, where);
  }
  throw unsupported(
    'a stored password of an unknown {scheme} is not supported; a plain one may be written behind {CLEARTEXT}',
    where,
  );
}

/** The digest, and what follows it is the salt. */
function parseDigest({ digest, salted }: DigestScheme, value: string, where: Where): PasswordHash {
  const bytes = readBase64(value, 'value', where);
  const size = digestBytes[digest];
  if (bytes.length < size || (!salted && bytes.length > size)) {
    throw unsupported('the value of a stored password has not the length of its digest', where);
  }
  const salt = bytes.subarray(size);
  return {
    kind: 'digest',
    digest,
    salt: salted ? checkLength(salt, 'salt', saltBytes, where) : salt,
    saltPlace: 'after',
    hash: bytes.subarray(0, size),
  };
}
