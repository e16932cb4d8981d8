/** @module How the LDAP login modules find a user and check a password: one search, one bind, the same work for everybody. */
import type { BindOutcome, Directory, DirectoryEntry } from '../../spi/directory.ts';
import type { Secret } from '../../spi/secret.ts';
import type { PasswordVerdict } from '../../spi/username-password-module.ts';
import { fillFilter } from './filter.ts';

export interface FoundUser {
  readonly status: 'found';
  readonly dn: string;
  /** Where to bind, after a referral. */
  readonly home?: string;
}

export type UserSearchResult = FoundUser | Extract<PasswordVerdict, { status: 'failed' }>;

export interface UserSearch {
  readonly base: string;
  /** `{0}`: the name. */
  readonly filter: string;
  /** Read the DN from this attribute where the entry has it. */
  readonly dnAttribute?: string;
}

/** @throws ERR_STORE_UNAVAILABLE */
export async function findUser(
  directory: Directory,
  { base, filter, dnAttribute }: UserSearch,
  name: string,
  signal: AbortSignal,
): Promise<UserSearchResult> {
  const found = await directory.search(
    {
      base,
      scope: 'sub',
      filter: fillFilter(filter, [name]),
      attributes: dnAttribute === undefined ? [] : [dnAttribute],
      atMost: 2,
    },
    signal,
  );
  const [entry] = found;
  if (entry === undefined) return { status: 'failed', reason: 'unknown-user' };
  // JBoss takes the first: which one that is depends on the server, and so does who somebody is.
  if (found.length > 1) return { status: 'failed', reason: 'unknown-user', note: 'more than one entry has this name' };
  return userOf(entry, dnAttribute);
}

function userOf(entry: DirectoryEntry, dnAttribute: string | undefined): FoundUser {
  const written = dnAttribute === undefined ? undefined : entry.text(dnAttribute)[0];
  const dn = written ?? entry.dn;
  return entry.home === undefined ? { status: 'found', dn } : { status: 'found', dn, home: entry.home };
}

/** @throws ERR_STORE_UNAVAILABLE */
export async function checkUser(
  directory: Directory,
  user: UserSearchResult,
  base: string,
  password: Secret<string>,
  signal: AbortSignal,
): Promise<PasswordVerdict> {
  if (user.status === 'failed') {
    // One bind for everybody: how long an answer takes must not tell which names there are.
    await directory.bind(base === '' ? decoy : `${decoy},${base}`, password, signal);
    return user;
  }
  return bindVerdict(await directory.bind(user.dn, password, signal, user.home));
}

/** For a rehearsal: locks, expiry and disabled accounts show only in the answer to a bind. */
export const notAskedAsUser = 'the directory was not asked whether the account may sign in';

const decoy = 'cn=nobody-has-this-name';

/** What support reads; the person at the keyboard is told the same for each. */
export function bindVerdict(outcome: BindOutcome): PasswordVerdict {
  switch (outcome) {
    case 'verified':
      return { status: 'verified' };
    case 'bad-credential':
      return { status: 'failed', reason: 'bad-credential' };
    case 'account-disabled':
      return { status: 'failed', reason: 'account-disabled', note: 'the directory does not let this account in' };
    case 'password-expired':
      return { status: 'failed', reason: 'account-disabled', note: 'the password has expired or must be changed' };
    case 'account-locked':
      return { status: 'failed', reason: 'account-disabled', note: 'the account is locked' };
    default:
      return outcome satisfies never;
  }
}
