/** @module The hash that is computed for a name that has none, such that its cost tells nothing. */
import { hash } from 'node:crypto';
import type { PasswordHash, StoredPassword } from '../../spi/passwords.ts';
import { isQuick } from './stored-password.ts';

/** Beyond so many kinds of hash with different costs the rest is not told apart. */
const maxKinds = 64;

export interface Decoys {
  /** Remembers the kind of a hash that the store has. */
  note(stored: StoredPassword): void;
  /**
   * A hash for this name out of the kinds that the store has, each as often as the store has it, and always the same one
   * for the same name: names that do not exist cost what names that exist cost. `undefined`: nothing in the store costs anything.
   */
  of(name: string): PasswordHash | undefined;
}

export function createDecoys(): Decoys {
  const kinds = new Map<string, { readonly hash: PasswordHash; count: number }>();
  let total = 0;
  /** A hash of the store is as good as a random key: nobody outside can tell which name gets which decoy. */
  let key: Uint8Array | undefined;

  return {
    note(stored) {
      if (stored.kind !== 'hash' || isQuick(stored.hash)) return;
      const cost = costOf(stored.hash);
      const known = kinds.get(cost);
      if (known === undefined && kinds.size >= maxKinds) return;
      if (known === undefined) kinds.set(cost, { hash: stored.hash, count: 1 });
      else known.count += 1;
      total += 1;
      key ??= typeof stored.hash.hash === 'string' ? Buffer.from(stored.hash.hash) : stored.hash.hash;
    },
    of(name) {
      if (key === undefined) return undefined;
      const digest = hash('sha256', Buffer.concat([key, Buffer.from(name, 'utf16le')]), 'buffer');
      let place = digest.readUIntBE(0, 6) % total;
      for (const kind of kinds.values()) {
        if (place < kind.count) return kind.hash;
        place -= kind.count;
      }
      return undefined;
    },
  };
}

/** Equal for hashes that take the same time. */
function costOf(stored: PasswordHash): string {
  switch (stored.kind) {
    case 'argon2': {
      const { memoryKib, passes, lanes } = stored.parameters;
      return `${stored.variant} ${memoryKib} ${passes} ${lanes}`;
    }
    case 'bcrypt':
      return `bcrypt ${stored.cost}`;
    case 'pbkdf2':
      return `pbkdf2 ${stored.digest} ${stored.iterations} ${stored.hash.length}`;
    case 'scrypt':
      return `scrypt ${stored.cost} ${stored.blockSize} ${stored.lanes}`;
    case 'sha-crypt':
      return `sha-crypt ${stored.digest} ${stored.rounds}`;
    case 'digest':
      return 'digest';
    default:
      return stored satisfies never;
  }
}
