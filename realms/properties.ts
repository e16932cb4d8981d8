/** @module Security realm `properties`: JBoss's user and group files, with digest hashes or plain passwords (jboss-facts §5). */
import { z } from 'zod';
import type { Evidence } from '../src/spi/evidence.ts';
import { openFileStore } from '../src/spi/file-store.ts';
import { optionFlag, optionText } from '../src/spi/option-values.ts';
import { plainPasswordOptions } from '../src/spi/password-hash-options.ts';
import type { PasswordHash, Passwords, StoredPassword } from '../src/spi/passwords.ts';
import { Secret } from '../src/spi/secret.ts';
import { defineSecurityRealm, type RealmIdentity, type RealmServices } from '../src/spi/security-realm.ts';
import { buildHa1, isHa1, verifyDigestResponse } from '../src/wire/http-digest.ts';
import { createDecoys, type Decoys } from '../src/wire/password/decoys.ts';
import { claimsScheme, readStoredPassword, schemeName } from '../src/wire/password/stored-password.ts';
import { countNames } from '../src/wire/password/users-store.ts';
import { parseGroupsFile } from '../src/wire/roles-file.ts';
import { parseUsersFile, type UsersFile } from '../src/wire/users-file.ts';

const options = z.strictObject({
  users: optionText.describe(
    'File of users: `user=HEX(MD5(user:realm:password))`, or `user=password` with `plain-text`.',
  ),
  groups: optionText.optional().describe('File of groups: `user=group1,group2`. Absent: nobody has groups.'),
  'plain-text': optionFlag.default(false).describe('The file of users holds passwords, not hashes.'),
  'map-groups-to-roles': optionFlag.default(true).describe('Every group is a role of the same name.'),
});

export const propertiesRealm = defineSecurityRealm({
  kind: 'properties',
  summary: 'Users and groups in the property files that add-user keeps.',
  options,
  async create(settings, services) {
    const plainText = settings['plain-text'];
    const parseUsers = (text: string): Users => {
      const file = parseUsersFile(text);
      warnAbout(file, plainText, services);
      return readUsers(file, plainText);
    };
    const users = await openFileStore(services, [settings.users], parseUsers);
    const groups =
      settings.groups === undefined ? undefined : await openFileStore(services, [settings.groups], parseGroupsFile);

    return {
      name: services.realm,
      async identity(name, signal): Promise<RealmIdentity> {
        const { byName, decoys } = await users.read();
        const allGroups = await groups?.read();
        const credential = byName.get(name);
        const own = credential === undefined ? [] : (allGroups?.get(name) ?? []);
        return {
          name,
          exists: credential !== undefined,
          groups: own,
          roles: settings['map-groups-to-roles'] ? own : [],
          verify: (evidence) =>
            verify(
              { name, realm: services.realm, credential, plainText, decoy: decoys.of(name) },
              evidence,
              services.passwords,
              signal,
            ),
        };
      },
      async passwordReport() {
        const { byName } = await users.read();
        const names = [...byName.values()].map((stored) => schemeName(stored, plainText ? undefined : 'ha1'));
        return [{ store: `file ${users.path() ?? settings.users}`, schemes: countNames(names) }];
      },
    };
  },
});

interface Users {
  readonly byName: ReadonlyMap<string, StoredPassword>;
  readonly decoys: Decoys;
}

/** Without `plain-text` a value is an HA1, or a hash that says what it is; a text that is neither matches nothing. */
function readUsers(file: UsersFile, plainText: boolean): Users {
  const byName = new Map<string, StoredPassword>();
  const decoys = createDecoys();
  for (const [user, value] of file.users) {
    const text = plainText && !claimsScheme(value) ? value : value.trim();
    const stored = readStoredPassword(text, { user });
    byName.set(user, stored);
    decoys.note(stored);
  }
  return { byName, decoys };
}

interface Account {
  readonly name: string;
  readonly realm: string;
  /** HA1, password or hash; `undefined` when there is no such user. */
  readonly credential: StoredPassword | undefined;
  readonly plainText: boolean;
  readonly decoy: PasswordHash | undefined;
}

/** The same computations run for every account; whether there is one, and whether its value is not empty, is asked last. */
async function verify(
  account: Account,
  evidence: Evidence,
  passwords: Passwords,
  signal: AbortSignal,
): Promise<'verified' | 'rejected' | 'unsupported-evidence'> {
  const { credential, decoy } = account;
  const stored = credential?.kind === 'text' ? credential.text : '';
  switch (evidence.kind) {
    case 'password': {
      const ha1 = buildHa1(account.name, account.realm, evidence.password.reveal());
      const typed = account.plainText || credential?.kind === 'hash' ? evidence.password : new Secret(ha1);
      const question = { stored: credential, typed, options: plainPasswordOptions, decoy };
      const equal = await passwords.verify(question, signal);
      return equal && evidence.username === account.name ? 'verified' : 'rejected';
    }
    case 'digest': {
      // A stored HA1 is MD5's: for another algorithm only a password would do.
      if (!account.plainText && evidence.algorithm !== 'MD5') {
        return 'unsupported-evidence';
      }
      const ha1 = account.plainText ? buildHa1(account.name, account.realm, stored, evidence.algorithm) : stored;
      const meant = evidence.realm === account.realm && evidence.username === account.name;
      return verifyDigestResponse(ha1, evidence) && meant && stored !== '' ? 'verified' : 'rejected';
    }
    case 'anonymous':
    case 'certificate':
    case 'negotiate':
    case 'assertion':
    case 'connection':
      return 'unsupported-evidence';
    default:
      return evidence satisfies never;
  }
}

function warnAbout(file: UsersFile, plainText: boolean, { realm, logger }: RealmServices): void {
  if (file.realm !== undefined && file.realm !== realm) {
    logger.warn({ realm, marker: file.realm }, 'the users file is marked for another realm: its hashes will not match');
  }
  const isHash = (value: string) => isHa1(value.trim()) || claimsScheme(value.trim());
  const notHashes = [...file.users.values()].filter((value) => !isHash(value)).length;
  if (!plainText && notHashes > 0) {
    logger.warn({ realm, users: notHashes }, 'users whose stored value is not a hash can never log in');
  }
  if (file.users.get('admin') === 'admin') {
    logger.warn({ realm }, 'the users file has the user admin with the password admin');
  }
}
