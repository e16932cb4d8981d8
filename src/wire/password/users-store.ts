/** @module A property file of users and passwords as login modules use it: check, digest, rehash, report. */
import type { ChangeFile } from '../../spi/change-file.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { DigestEvidence } from '../../spi/evidence.ts';
import { openFileStore } from '../../spi/file-store.ts';
import type { LoginContext, ModuleServices } from '../../spi/login-module.ts';
import type { PasswordHashOptions } from '../../spi/password-hash-options.ts';
import type { PasswordReport, StoredPassword } from '../../spi/passwords.ts';
import type { Secret } from '../../spi/secret.ts';
import type { PasswordVerdict } from '../../spi/username-password-module.ts';
import { verifyDigestText } from '../password-hash.ts';
import { parseProperties, propertiesByKey, setProperty } from '../properties-file.ts';
import { createDecoys, type Decoys } from './decoys.ts';
import { isCurrent, readStoredPassword, schemeName } from './stored-password.ts';

export interface UsersStore {
  check(name: string, password: Secret<string>, context: LoginContext): Promise<PasswordVerdict>;
  checkDigest(evidence: DigestEvidence): Promise<PasswordVerdict>;
  assume(name: string): Promise<PasswordVerdict>;
  passwordReport(): Promise<readonly PasswordReport[]>;
}

export interface UsersStoreOptions extends PasswordHashOptions {
  readonly rehash: boolean;
}

/** The first of `paths` that exists is the file. @throws ERR_CONFIG_INVALID with `line` when it is there and cannot be used. */
export async function openUsersStore(
  services: ModuleServices,
  paths: readonly string[],
  options: UsersStoreOptions,
): Promise<UsersStore> {
  const { passwords, logger } = services;
  const file = await openFileStore(services, paths, parseUsers);
  const digestOnly = options.storeDigestCallback !== undefined;
  let complaint: string | undefined;

  async function rehash(path: string, name: string, user: User, typed: Secret<string>, signal: AbortSignal) {
    try {
      const newer = await passwords.hash(typed, signal);
      await replaceValue(services.changeFile, path, { name, old: user.text, newer });
      complaint = undefined;
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      // Who has signed in with the right password is in: the old hash is as good as it was. Told once, not at each login.
      if (error.code !== complaint) logger.warn({ path, code: error.code }, 'older password hashes cannot be replaced');
      complaint = error.code;
    }
  }

  return {
    async check(name, typed, { signal, dryRun }) {
      if (digestOnly) {
        return { status: 'failed', reason: 'unsupported-evidence', note: 'storeDigestCallback takes digests only' };
      }
      const { byName, decoys } = await file.read();
      const user = byName.get(name);
      const stored = user?.stored;
      const verified = await passwords.verify({ stored, typed, options, decoy: decoys.of(name) }, signal);
      const path = file.path();
      if (
        verified &&
        user !== undefined &&
        options.rehash &&
        !dryRun &&
        path !== undefined &&
        !isCurrent(user.stored)
      ) {
        await rehash(path, name, user, typed, signal);
      }
      return verdict(user, verified);
    },
    async checkDigest(evidence) {
      if (!digestOnly) {
        return { status: 'failed', reason: 'unsupported-evidence', note: 'digest without storeDigestCallback' };
      }
      const user = (await file.read()).byName.get(evidence.username);
      const text = user?.stored.kind === 'text' ? user.stored.text : '';
      return verdict(user, verifyDigestText(text, evidence, options));
    },
    async assume(name) {
      return assumedVerdict((await file.read()).byName.get(name)?.stored);
    },
    async passwordReport() {
      const { byName } = await file.read();
      const names = [...byName.values()].map(({ stored }) => schemeName(stored, options.hashAlgorithm));
      return [{ store: `file ${file.path() ?? ''}`, schemes: countNames(names) }];
    },
  };
}

/** Name → how often, the most frequent first. */
export function countNames(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)));
}

/** Only while the value is still the one that was verified: a password that was changed in between stays. */
async function replaceValue(
  changeFile: ChangeFile,
  path: string,
  value: { readonly name: string; readonly old: string; readonly newer: string },
): Promise<void> {
  await changeFile(path, (text) =>
    propertiesByKey(parseProperties(text)).get(value.name) === value.old
      ? setProperty(text, value.name, value.newer)
      : undefined,
  );
}

interface User {
  /** As it stands in the file. */
  readonly text: string;
  readonly stored: StoredPassword;
}

function parseUsers(text: string): { readonly byName: ReadonlyMap<string, User>; readonly decoys: Decoys } {
  const byName = new Map<string, User>();
  for (const { key, value, firstLine } of parseProperties(text).entries) {
    byName.set(key, { text: value, stored: readStoredPassword(value, { line: firstLine + 1 }) });
  }
  const decoys = createDecoys();
  for (const { stored } of byName.values()) decoys.note(stored);
  return { byName, decoys };
}

/** What the right password would be told, if there is one. */
export function assumedVerdict(stored: StoredPassword | undefined): PasswordVerdict {
  if (stored === undefined) return { status: 'failed', reason: 'unknown-user' };
  if (stored.kind !== 'locked') return { status: 'verified' };
  return { status: 'failed', reason: 'bad-credential', note: 'the stored password is locked: none is right' };
}

function verdict(user: User | undefined, verified: boolean): PasswordVerdict {
  if (verified) {
    return { status: 'verified' };
  }
  return { status: 'failed', reason: user === undefined ? 'unknown-user' : 'bad-credential' };
}
