/** @module A table of users and passwords as the Database module uses it: check, digest, rehash, report. */
import type { Datasource } from '../../spi/datasource.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { DigestEvidence } from '../../spi/evidence.ts';
import type { LoginContext, ModuleServices } from '../../spi/login-module.ts';
import type { PasswordHashOptions } from '../../spi/password-hash-options.ts';
import type { PasswordHash, PasswordReport, StoredPassword } from '../../spi/passwords.ts';
import type { Secret } from '../../spi/secret.ts';
import type { PasswordVerdict } from '../../spi/username-password-module.ts';
import { defaultArgon2 } from '../argon2.ts';
import { textOf } from '../database-roles.ts';
import { verifyDigestText } from '../password-hash.ts';
import { createDecoys } from './decoys.ts';
import { isCurrent, readStoredPassword, schemeName } from './stored-password.ts';
import { assumedVerdict, countNames } from './users-store.ts';

export interface UsersTableOptions extends PasswordHashOptions {
  readonly principalsQuery: string;
  /** Replaces a password: the new value, the name, the old value. */
  readonly passwordUpdate?: string | undefined;
  /** Every stored password, for the report. */
  readonly passwordsQuery?: string | undefined;
}

export interface UsersTable {
  check(name: string, password: Secret<string>, context: LoginContext): Promise<PasswordVerdict>;
  checkDigest(evidence: DigestEvidence, context: LoginContext): Promise<PasswordVerdict>;
  assume(name: string, context: LoginContext): Promise<PasswordVerdict>;
  passwordReport?(signal: AbortSignal): Promise<readonly PasswordReport[]>;
}

type Found =
  | { readonly status: 'user'; readonly text: string; readonly stored: StoredPassword }
  | { readonly status: 'none' }
  /** There is somebody of this name, and no password of his to compare with. */
  | { readonly status: 'unusable'; readonly note: string };

/** What a table has is learned from its first users; more would only shift what is known. */
const maxLearned = 1000;

/** Computed for unknown names while nothing is known of the table yet: what its users cost if they are as new hashes are. */
const unknownTable: PasswordHash = {
  kind: 'argon2',
  variant: 'argon2id',
  parameters: defaultArgon2,
  salt: new Uint8Array(16),
  hash: new Uint8Array(32),
};

export function openUsersTable(
  datasource: Datasource,
  options: UsersTableOptions,
  { passwords, logger }: Pick<ModuleServices, 'passwords' | 'logger'>,
): UsersTable {
  const digestOnly = options.storeDigestCallback !== undefined;
  const { passwordUpdate, passwordsQuery } = options;
  const decoys = createDecoys();
  let learned = 0;
  let complaint: string | undefined;

  async function find(name: string, signal: AbortSignal): Promise<Found> {
    const rows = await datasource.query(options.principalsQuery, [name], signal);
    if (rows.length === 0) {
      return { status: 'none' };
    }
    const texts = new Set(rows.map(([value = null]) => textOf(value)));
    const [text] = texts;
    if (text === undefined || texts.size > 1) {
      // JBoss takes the first row: the password of whom the database names first.
      return { status: 'unusable', note: texts.size > 1 ? 'principalsQuery gave different passwords' : 'no password' };
    }
    const read = parse(text);
    if ('problem' in read) {
      return { status: 'unusable', note: read.problem };
    }
    const { stored } = read;
    if (learned < maxLearned) {
      learned += 1;
      decoys.note(stored);
    }
    return { status: 'user', text, stored };
  }

  async function rehash(name: string, old: string, typed: Secret<string>, sql: string, signal: AbortSignal) {
    try {
      const newer = await passwords.hash(typed, signal);
      await datasource.update(sql, [newer, name, old], signal);
      complaint = undefined;
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      // Who has signed in with the right password is in: the old hash is as good as it was. Told once, not at each login.
      if (error.code !== complaint) {
        logger.warn({ datasource: datasource.name, code: error.code }, 'older password hashes cannot be replaced');
      }
      complaint = error.code;
    }
  }

  return {
    async check(name, typed, { signal, dryRun }) {
      if (digestOnly) {
        return { status: 'failed', reason: 'unsupported-evidence', note: 'storeDigestCallback takes digests only' };
      }
      const found = await find(name, signal);
      const stored = found.status === 'user' ? found.stored : undefined;
      const decoy = learned === 0 && options.hashAlgorithm === undefined ? unknownTable : decoys.of(name);
      const verified = await passwords.verify({ stored, typed, options, decoy }, signal);
      if (verified && found.status === 'user' && passwordUpdate !== undefined && !dryRun && !isCurrent(found.stored)) {
        await rehash(name, found.text, typed, passwordUpdate, signal);
      }
      return verdict(found, verified);
    },
    async checkDigest(evidence, { signal }) {
      if (!digestOnly) {
        return { status: 'failed', reason: 'unsupported-evidence', note: 'digest without storeDigestCallback' };
      }
      const found = await find(evidence.username, signal);
      const text = found.status === 'user' && found.stored.kind === 'text' ? found.stored.text : '';
      return verdict(found, verifyDigestText(text, evidence, options));
    },
    async assume(name, { signal }) {
      const found = await find(name, signal);
      return found.status === 'user' ? assumedVerdict(found.stored) : verdict(found, false);
    },
    ...(passwordsQuery === undefined
      ? {}
      : {
          async passwordReport(signal: AbortSignal) {
            const rows = await datasource.query(passwordsQuery, [], signal);
            const names = rows.map(([value = null]) => {
              const read = parse(textOf(value) ?? '');
              return 'problem' in read ? 'unsupported' : schemeName(read.stored, options.hashAlgorithm);
            });
            return [{ store: `datasource ${datasource.name}`, schemes: countNames(names) }];
          },
        }),
  };
}

/** `problem`: in words, which name the scheme. A row like that keeps one user out, not the server from starting. */
function parse(text: string): { readonly stored: StoredPassword } | { readonly problem: string } {
  try {
    return { stored: readStoredPassword(text) };
  } catch (error) {
    if (error instanceof GatehouseError && error.code === 'ERR_CONFIG_INVALID') {
      return { problem: error.message };
    }
    throw error;
  }
}

function verdict(found: Found, verified: boolean): PasswordVerdict {
  if (verified) {
    return { status: 'verified' };
  }
  switch (found.status) {
    case 'user':
      return { status: 'failed', reason: 'bad-credential' };
    case 'none':
      return { status: 'failed', reason: 'unknown-user' };
    case 'unusable':
      return { status: 'failed', reason: 'bad-credential', note: found.note };
    default:
      return found satisfies never;
  }
}
