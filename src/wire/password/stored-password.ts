/** @module The one carrier of stored passwords: tells by its first characters what a stored value is, and reads it within limits. */
import type { PasswordHash, StoredPassword } from '../../spi/passwords.ts';
import { defaultArgon2 } from '../argon2.ts';
import { claimsDjango, parseDjango } from './django.ts';
import { parseElytron } from './elytron.ts';
import { claimsKeycloak, parseKeycloak } from './keycloak.ts';
import { parseLdapScheme, splitScheme } from './ldap-scheme.ts';
import { maxStoredLength, unsupported, type Where } from './limits.ts';
import { claimsModularCrypt, parseModularCrypt } from './modular-crypt.ts';

/** True for a value that is a hash in a known form or looks like one: it is never taken for a plain password. */
export function claimsScheme(text: string): boolean {
  return claimsModularCrypt(text) || splitScheme(text) !== undefined || claimsDjango(text) || claimsKeycloak(text);
}

/**
 * Reads what a store keeps for a user. A plain password that looks like a hash may be written behind `{CLEARTEXT}`.
 * `where` goes into the error. @throws ERR_CONFIG_INVALID for a form that is not supported, and beyond the limits.
 */
export function readStoredPassword(text: string, where: Where = {}): StoredPassword {
  if (text.startsWith('!') && claimsScheme(text.replace(/^!+/, ''))) {
    return { kind: 'locked' };
  }
  if (!claimsScheme(text)) {
    return { kind: 'text', text };
  }
  if (text.length > maxStoredLength) {
    throw unsupported('a stored password is too long', where);
  }
  if (claimsModularCrypt(text)) {
    return { kind: 'hash', hash: parseModularCrypt(text, where) };
  }
  if (claimsDjango(text)) {
    return { kind: 'hash', hash: parseDjango(text, where) };
  }
  if (claimsKeycloak(text)) {
    return { kind: 'hash', hash: parseKeycloak(text, where) };
  }
  const { scheme, value } = splitScheme(text) ?? { scheme: '', value: '' };
  return scheme.startsWith('ELYTRON:')
    ? parseElytron(scheme.slice('ELYTRON:'.length), value, where)
    : parseLdapScheme(scheme, value, where);
}

/** One digest over the password: it is computed at once, and a guess of it is as quick. */
export function isQuick(hash: PasswordHash): boolean {
  return hash.kind === 'digest';
}

/** True when a rehash would gain nothing: Argon2id with no less memory and passes than new hashes have. */
export function isCurrent(stored: StoredPassword): boolean {
  if (stored.kind !== 'hash' || stored.hash.kind !== 'argon2' || stored.hash.variant !== 'argon2id') {
    return stored.kind === 'locked';
  }
  const { memoryKib, passes } = stored.hash.parameters;
  return memoryKib >= defaultArgon2.memoryKib && passes >= defaultArgon2.passes;
}

/** What reports call the scheme. `digest`: the module's `hashAlgorithm`, for a stored text. */
export function schemeName(stored: StoredPassword, digest?: string): string {
  switch (stored.kind) {
    case 'locked':
      return 'locked';
    case 'text':
      return stored.text === '' ? 'empty' : digest === undefined ? 'plain' : `digest-${digest}`;
    case 'hash':
      return hashName(stored.hash);
    default:
      return stored satisfies never;
  }
}

function hashName(hash: PasswordHash): string {
  switch (hash.kind) {
    case 'argon2':
      return hash.variant;
    case 'bcrypt':
      return hash.preHashed ? 'bcrypt-sha256' : 'bcrypt';
    case 'pbkdf2':
      return `pbkdf2-${hash.digest}`;
    case 'scrypt':
      return 'scrypt';
    case 'sha-crypt':
      return `${hash.digest}-crypt`;
    case 'digest':
      return hash.salt.length === 0 ? `digest-${hash.digest}` : `salted-${hash.digest}`;
    default:
      return hash satisfies never;
  }
}
