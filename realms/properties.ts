/** @module Security realm `properties`: JBoss's user and group files, with digest hashes or plain passwords (jboss-facts §5). */
import { z } from 'zod';
import type { Evidence } from '../src/spi/evidence.ts';
import { openFileStore } from '../src/spi/file-store.ts';
import { optionFlag, optionText } from '../src/spi/option-values.ts';
import { defineSecurityRealm, type RealmIdentity, type RealmServices } from '../src/spi/security-realm.ts';
import { equalText } from '../src/wire/equal-text.ts';
import { buildHa1, isHa1, verifyDigestResponse } from '../src/wire/http-digest.ts';
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
    const parseUsers = (text: string): UsersFile => {
      const file = parseUsersFile(text);
      warnAbout(file, plainText, services);
      return file;
    };
    const users = await openFileStore(services, [settings.users], parseUsers);
    const groups =
      settings.groups === undefined ? undefined : await openFileStore(services, [settings.groups], parseGroupsFile);

    return {
      name: services.realm,
      async identity(name): Promise<RealmIdentity> {
        const { users: stored } = await users.read();
        const allGroups = await groups?.read();
        const credential = stored.get(name);
        const own = credential === undefined ? [] : (allGroups?.get(name) ?? []);
        return {
          name,
          exists: credential !== undefined,
          groups: own,
          roles: settings['map-groups-to-roles'] ? own : [],
          verify: async (evidence) => verify({ name, realm: services.realm, credential, plainText }, evidence),
        };
      },
    };
  },
});

interface Account {
  readonly name: string;
  readonly realm: string;
  /** HA1 or password; `undefined` when there is no such user. */
  readonly credential: string | undefined;
  readonly plainText: boolean;
}

/** The same computations run for every account; whether there is one, and whether its value is not empty, is asked last. */
function verify(account: Account, evidence: Evidence): 'verified' | 'rejected' | 'unsupported-evidence' {
  const stored = account.credential ?? '';
  switch (evidence.kind) {
    case 'password': {
      const typed = evidence.password.reveal();
      const shown = account.plainText ? typed : buildHa1(account.name, account.realm, typed);
      return decide(
        account,
        evidence.username === account.name,
        equalText(shown, account.plainText ? stored : stored.trim()),
      );
    }
    case 'digest': {
      // A stored HA1 is MD5's: for another algorithm only a password would do.
      if (!account.plainText && evidence.algorithm !== 'MD5') {
        return 'unsupported-evidence';
      }
      const ha1 = account.plainText ? buildHa1(account.name, account.realm, stored, evidence.algorithm) : stored.trim();
      const meant = evidence.realm === account.realm && evidence.username === account.name;
      return decide(account, meant, verifyDigestResponse(ha1, evidence));
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

function decide(account: Account, meant: boolean, equal: boolean): 'verified' | 'rejected' {
  return equal && meant && (account.credential ?? '') !== '' ? 'verified' : 'rejected';
}

function warnAbout(file: UsersFile, plainText: boolean, { realm, logger }: RealmServices): void {
  if (file.realm !== undefined && file.realm !== realm) {
    logger.warn({ realm, marker: file.realm }, 'the users file is marked for another realm: its hashes will not match');
  }
  const notHashes = [...file.users.values()].filter((value) => !isHa1(value.trim())).length;
  if (!plainText && notHashes > 0) {
    logger.warn({ realm, users: notHashes }, 'users whose stored value is not a hash can never log in');
  }
  if (file.users.get('admin') === 'admin') {
    logger.warn({ realm }, 'the users file has the user admin with the password admin');
  }
}
