/** @module What a store can keep of a password, and the service that checks a typed one against it off the event loop. */
import type { PasswordHashOptions } from './password-hash-options.ts';
import type { Secret } from './secret.ts';

/** Digests as node:crypto names them. */
export type DigestName = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

/** RFC 9106, version 19. */
export interface Argon2Password {
  readonly kind: 'argon2';
  readonly variant: 'argon2id' | 'argon2i' | 'argon2d';
  readonly parameters: { readonly memoryKib: number; readonly passes: number; readonly lanes: number };
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

export interface BcryptPassword {
  readonly kind: 'bcrypt';
  /** 4 to 31: 2^cost rounds. */
  readonly cost: number;
  /** 22 characters of bcrypt's own base64 alphabet. */
  readonly salt: string;
  /** 31 characters of the same. */
  readonly hash: string;
  /** The password goes in as the lower-case hex of its SHA-256 (Django's `bcrypt_sha256`). */
  readonly preHashed: boolean;
}

/** RFC 8018 §5.2 with HMAC of the digest. */
export interface Pbkdf2Password {
  readonly kind: 'pbkdf2';
  readonly digest: DigestName;
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/** RFC 7914. */
export interface ScryptPassword {
  readonly kind: 'scrypt';
  readonly cost: number;
  readonly blockSize: number;
  readonly lanes: number;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/** SHA-crypt (`$5$`, `$6$`) by Ulrich Drepper. */
export interface ShaCryptPassword {
  readonly kind: 'sha-crypt';
  readonly digest: 'sha256' | 'sha512';
  readonly rounds: number;
  readonly salt: string;
  /** In crypt's own base64. */
  readonly hash: string;
}

/** One digest over password and salt: LDAP's `{SSHA}` family, Elytron's simple and salted digests. Quickly guessed. */
export interface SaltedDigestPassword {
  readonly kind: 'digest';
  readonly digest: DigestName;
  readonly salt: Uint8Array;
  readonly saltPlace: 'before' | 'after';
  readonly hash: Uint8Array;
}

export type PasswordHash =
  | Argon2Password
  | BcryptPassword
  | Pbkdf2Password
  | ScryptPassword
  | ShaCryptPassword
  | SaltedDigestPassword;

export type StoredPassword =
  | { readonly kind: 'hash'; readonly hash: PasswordHash }
  /** A password, or a digest of one where the module's hash options say so. */
  | { readonly kind: 'text'; readonly text: string }
  /** A hash with `!` in front (usermod -L, Django's unusable passwords): nothing verifies against it. */
  | { readonly kind: 'locked' };

export interface PasswordQuestion {
  /** `undefined`: there is no such user; the answer is no, at the same cost. */
  readonly stored: StoredPassword | undefined;
  readonly typed: Secret<string>;
  /** JBoss's hash options, for a stored text. */
  readonly options: PasswordHashOptions;
  /** A hash of the kind that the store has: computed for those who have none of their own that costs anything. */
  readonly decoy: PasswordHash | undefined;
}

/** Slow hashes run a few at a time, the rest wait in line: so memory and cores are never all taken by logins. */
export interface Passwords {
  /**
   * True when the typed password is the stored one.
   * @throws ERR_DEADLINE_EXCEEDED when `signal` is aborted first; ERR_STORE_UNAVAILABLE when there is no memory to hash in,
   * or the line is too long.
   */
  verify(question: PasswordQuestion, signal: AbortSignal): Promise<boolean>;
  /** A new hash in the form that the house writes: `$argon2id$…`. @throws as `verify` does. */
  hash(password: Secret<string>, signal: AbortSignal): Promise<string>;
}

/** How many users have which kind of stored password, for `gatehouse users report`. */
export interface PasswordReport {
  /** `file users.properties`, `datasource users` …: reports of one store have one name. */
  readonly store: string;
  /** Scheme → number of users, such as `argon2id`, `bcrypt`, `plain`. */
  readonly schemes: Readonly<Record<string, number>>;
}
