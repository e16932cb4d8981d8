/**
 * @module Passwords as an Elytron filesystem realm keeps them: `{elytron:<algorithm>}` and the base64 text of its
 * `<password algorithm="…" format="base64">` element (org.wildfly.security.password.spec.BasicPasswordSpecEncoding).
 */
import type { DigestName, StoredPassword } from '../../spi/passwords.ts';
import { digestBytes } from './ldap-scheme.ts';
import {
  bcryptCost,
  checkLength,
  hashBytes,
  pbkdf2Iterations,
  readBase64,
  readNumber,
  saltBytes,
  unsupported,
  type Where,
} from './limits.ts';

const specIds = { clear: 1, hash: 3, saltedHash: 4, iteratedSaltedHash: 5 } as const;

const digestNames: Readonly<Record<string, DigestName>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** `algorithm` in upper case. @throws ERR_CONFIG_INVALID on an algorithm that is not supported and beyond the limits. */
export function parseElytron(algorithm: string, value: string, where: Where): StoredPassword {
  const encoded = readBase64(value, 'value', where);
  if (algorithm === 'CLEAR') {
    return { kind: 'text', text: Buffer.from(readSpec(encoded, specIds.clear, where).rest).toString('utf8') };
  }
  if (algorithm === 'BCRYPT') {
    return { kind: 'hash', hash: readBcrypt(readSpec(encoded, specIds.iteratedSaltedHash, where), where) };
  }
  const [, form = '', name = ''] =
    /^(SIMPLE|PASSWORD-SALT|SALT-PASSWORD|SCRAM)-(?:DIGEST-)?(.+)$/.exec(algorithm) ?? [];
  const digest = Object.hasOwn(digestNames, name) ? digestNames[name] : undefined;
  if (digest === undefined) {
    throw unsupported('a stored password of this Elytron algorithm is not supported', where);
  }
  if (form === 'SCRAM') {
    const { iterations, salt, rest } = readSpec(encoded, specIds.iteratedSaltedHash, where);
    // RFC 5802 §3: SaltedPassword is what PBKDF2 yields.
    return {
      kind: 'hash',
      hash: {
        kind: 'pbkdf2',
        digest,
        iterations: readNumber(String(iterations), 'number of iterations', pbkdf2Iterations, where),
        salt: checkLength(salt, 'salt', saltBytes, where),
        hash: checkLength(rest, 'hash', hashBytes, where),
      },
    };
  }
  const { salt, rest } = readSpec(encoded, form === 'SIMPLE' ? specIds.hash : specIds.saltedHash, where);
  const size = digestBytes[digest];
  const hash = checkLength(rest, 'hash', { min: size, max: size }, where);
  const saltPlace = form === 'SALT-PASSWORD' ? 'before' : 'after';
  const checked = form === 'SIMPLE' ? salt : checkLength(salt, 'salt', saltBytes, where);
  return { kind: 'hash', hash: { kind: 'digest', digest, salt: checked, saltPlace, hash } };
}

interface Spec {
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly rest: Uint8Array;
}

/** The identifier, packed numbers, and the rest to the end. */
function readSpec(bytes: Uint8Array, id: number, where: Where): Spec {
  if (bytes[0] !== id) {
    throw unsupported('an Elytron password is of another form than its algorithm says', where);
  }
  let at = 1;
  /** Seven bits a byte, the highest first; the top bit says that more follow. */
  const packed = (): number => {
    let value = 0;
    for (let count = 0; count < 5; count += 1) {
      const byte = bytes[at];
      at += 1;
      if (byte === undefined) break;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    throw unsupported('an Elytron password is cut off', where);
  };
  const iterations = id === specIds.iteratedSaltedHash ? packed() : 0;
  const saltLength = id === specIds.iteratedSaltedHash || id === specIds.saltedHash ? packed() : 0;
  const end = at + saltLength;
  if (end > bytes.length) {
    throw unsupported('an Elytron password is cut off', where);
  }
  return { iterations, salt: bytes.subarray(at, end), rest: bytes.subarray(end) };
}

/** 16 bytes of salt and 23 of hash, in bcrypt's alphabet. */
function readBcrypt({ iterations, salt, rest }: Spec, where: Where) {
  return {
    kind: 'bcrypt',
    cost: readNumber(String(iterations), 'cost', bcryptCost, where),
    salt: toBcryptBase64(checkLength(salt, 'salt', { min: 16, max: 16 }, where)),
    hash: toBcryptBase64(checkLength(rest, 'hash', { min: 23, max: 23 }, where)),
    preHashed: false,
  } as const;
}

const standardAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const bcryptAlphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function toBcryptBase64(bytes: Uint8Array): string {
  const standard = Buffer.from(bytes).toString('base64').replaceAll('=', '');
  return standard.replace(/./g, (character) => bcryptAlphabet[standardAlphabet.indexOf(character)] ?? '');
}
