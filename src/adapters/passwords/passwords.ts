/** @module The password service: every slow hash off the event loop, a few at a time, with a deadline. */
import { createHash, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import type { Random } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { PasswordHash, Passwords, SaltedDigestPassword, ScryptPassword } from '../../spi/passwords.ts';
import type { Secret } from '../../spi/secret.ts';
import { hashArgon2, verifyArgon2 } from '../../wire/argon2.ts';
import { equalText } from '../../wire/equal-text.ts';
import { maxShaCryptPasswordBytes } from '../../wire/password/sha-crypt.ts';
import { isQuick } from '../../wire/password/stored-password.ts';
import { verifyText } from '../../wire/password-hash.ts';
import { verifyBcrypt } from './bcrypt.ts';
import { createGate } from './gate.ts';
import { createShaCryptThreads } from './sha-crypt-threads.ts';

/** Node's default; the process reads the variable once, before the first use. */
const defaultPoolThreads = 4;

/** Two or three seconds' work of one core at Argon2id's first choice: who comes later hears at once that he has to. */
const maxWaiting = 128;

const saltBytes = 16;

/**
 * One hash a core, and one thread of the pool always left for files and names: with all of them taken, a login would hold up
 * everything else that the process does.
 */
function slotsOf(poolSize: string | undefined): number {
  const threads = Number(poolSize ?? defaultPoolThreads);
  const usable = Number.isInteger(threads) && threads > 1 ? threads - 1 : 1;
  return Math.max(1, Math.min(availableParallelism(), usable));
}

export interface PasswordService extends Passwords {
  close(): Promise<void>;
}

export function createPasswords(options: {
  readonly random: Random;
  /** How many hashes run at a time. Default: one a core, as far as the thread pool goes. */
  readonly atATime?: number;
}): PasswordService {
  const { random, atATime = slotsOf(process.env['UV_THREADPOOL_SIZE']) } = options;
  const gate = createGate({ atATime, waiting: maxWaiting });
  const threads = createShaCryptThreads();

  async function compute(hash: PasswordHash, typed: Secret<string>, signal: AbortSignal): Promise<boolean> {
    const password = Buffer.from(typed.reveal(), 'utf8');
    switch (hash.kind) {
      case 'argon2':
        return verifyArgon2(hash, typed);
      case 'bcrypt':
        return verifyBcrypt(hash, password);
      case 'pbkdf2': {
        const derived = await promisify(pbkdf2)(password, hash.salt, hash.iterations, hash.hash.length, hash.digest);
        return timingSafeEqual(derived, hash.hash);
      }
      case 'scrypt':
        return timingSafeEqual(await deriveScrypt(hash, password), hash.hash);
      case 'sha-crypt': {
        if (password.length > maxShaCryptPasswordBytes) return false;
        const { digest, rounds } = hash;
        const salt = Buffer.from(hash.salt, 'latin1');
        const text = await threads.compute({ digest, password, salt, rounds }, signal);
        return equalText(text, hash.hash) && !password.includes(0);
      }
      case 'digest':
        return verifyDigest(hash, password);
      default:
        return hash satisfies never;
    }
  }

  const slow = (hash: PasswordHash, typed: Secret<string>, signal: AbortSignal) =>
    gate.run((stop) => compute(hash, typed, stop), signal);

  return {
    async verify({ stored, typed, options: hashOptions, decoy }, signal) {
      if (stored?.kind === 'hash' && !isQuick(stored.hash)) {
        return (await slow(stored.hash, typed, signal)) && typed.reveal().isWellFormed();
      }
      const quick =
        stored?.kind === 'hash'
          ? await compute(stored.hash, typed, signal)
          : verifyText(stored?.kind === 'text' ? stored.text : '', typed, hashOptions);
      if (decoy !== undefined) {
        await slow(decoy, typed, signal);
      }
      return quick && (stored?.kind !== 'hash' || typed.reveal().isWellFormed());
    },
    hash: (password, signal) => gate.run(() => hashArgon2(password, random.bytes(saltBytes)), signal),
    close: () => threads.close(),
  };
}

async function deriveScrypt(hash: ScryptPassword, password: Buffer): Promise<Buffer> {
  const { cost: N, blockSize: r, lanes: p } = hash;
  // Node's limit counts p too; the real limits were checked when the hash was read.
  const maxmem = 128 * r * (N + p + 2);
  return new Promise((resolve, reject) => {
    scrypt(password, hash.salt, hash.hash.length, { N, r, p, maxmem }, (cause, derived) => {
      if (cause === null) resolve(derived);
      else reject(new GatehouseError('ERR_STORE_UNAVAILABLE', 'the password could not be hashed', { cause }));
    });
  });
}

function verifyDigest({ digest, salt, saltPlace, hash }: SaltedDigestPassword, password: Buffer): boolean {
  const parts = saltPlace === 'before' ? [salt, password] : [password, salt];
  return timingSafeEqual(createHash(digest).update(Buffer.concat(parts)).digest(), hash);
}
