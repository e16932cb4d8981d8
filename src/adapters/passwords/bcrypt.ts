/** @module bcrypt by the `bcrypt` package, on Node's thread pool. Loaded with the first password that needs it. */
import { createHash } from 'node:crypto';
import type { BcryptPassword } from '../../spi/passwords.ts';
import { equalText } from '../../wire/equal-text.ts';

/** `$2b$` for every version: a and y are the same algorithm under older names. */
export async function verifyBcrypt(stored: BcryptPassword, password: Buffer): Promise<boolean> {
  const { default: bcrypt } = await import('bcrypt');
  const salt = `$2b$${String(stored.cost).padStart(2, '0')}$${stored.salt}`;
  const input = stored.preHashed ? Buffer.from(createHash('sha256').update(password).digest('hex')) : password;
  const derived = await bcrypt.hash(input, salt);
  // crypt(3) ends a password at a NUL: nobody has set one with it, and what follows must not be left to chance.
  return equalText(derived, salt + stored.hash) && !input.includes(0);
}
