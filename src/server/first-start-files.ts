/** @module The files of a first start: a configuration, sample users, and an administrator with a one-time password. */

import type { Configuration } from '../config/configuration.ts';
import { buildDefaultConfiguration } from '../config/default-configuration.ts';
import { buildHa1 } from '../wire/http-digest.ts';
import { buildProperty } from '../wire/properties-file.ts';
import { buildUsersFile, setUser } from '../wire/users-file.ts';

/** Each with the roles that it has. */
export const sampleUsers = [
  { name: 'eric', roles: 'all' },
  { name: 'amar', roles: 'AB' },
  { name: 'brian', roles: 'C' },
  { name: 'alan', roles: undefined },
] as const;

export interface FirstStartOptions {
  readonly ports: Configuration['ports'];
  /** 16 bytes or more from a cryptographic generator: the administrator's password is made of them. */
  readonly randomBytes: Uint8Array;
  /** With the sample applications: by name of sample user, what is stored of the password (`$argon2id$…`). Without: no user, no partner. */
  readonly passwordHashes?: ReadonlyMap<string, string>;
}

export interface FirstStartFile {
  /** Relative to the configuration folder. */
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

export interface FirstStart {
  /** `gatehouse.yaml` comes last: where it exists, everything else does. */
  readonly files: readonly FirstStartFile[];
  readonly administrator: { readonly name: string; readonly password: string };
}

/** Crockford's digits, lower case: nothing that is mistaken for something else when it is copied by hand. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz';
/** Five bits each: 80 bits, and short enough to type. */
const passwordDigits = 16;
const administratorName = 'admin';
const managementRealm = 'ManagementRealm';
const applicationRealm = 'ApplicationRealm';

/** `xxxx-xxxx-xxxx-xxxx`: has the letters, digits and symbols that a password policy asks for. */
function buildPassword(random: Uint8Array): string {
  const letters = [...random.subarray(0, passwordDigits)].map((byte) => digits[byte % digits.length] ?? '0');
  return [0, 4, 8, 12].map((start) => letters.slice(start, start + 4).join('')).join('-');
}

function propertiesText(comment: string, entries: Iterable<readonly [key: string, value: string]>): string {
  return [`# ${comment}`, ...Array.from(entries, ([key, value]) => buildProperty(key, value)), ''].join('\n');
}

export function buildFirstStart({ ports, randomBytes, passwordHashes }: FirstStartOptions): FirstStart {
  if (randomBytes.length < passwordDigits) {
    throw new RangeError('a first start needs 16 random bytes');
  }
  const administrator = { name: administratorName, password: buildPassword(randomBytes) };
  const { name, password } = administrator;
  const managementUsers = setUser(buildUsersFile(managementRealm), {
    name,
    value: buildHa1(name, managementRealm, password),
  });
  const withSamples = passwordHashes !== undefined;
  const roles = withSamples
    ? sampleUsers.flatMap((user) => (user.roles === undefined ? [] : [[user.name, user.roles] as const]))
    : [];
  const file = (path: string, text: string): FirstStartFile => ({ path, text, mode: 0o600 });
  return {
    administrator,
    files: [
      file('mgmt-users.properties', managementUsers),
      file('mgmt-groups.properties', propertiesText('user=group1,group2', [])),
      file('application-users.properties', buildUsersFile(applicationRealm)),
      file('application-roles.properties', propertiesText('user=role1,role2', [])),
      file(
        'users.properties',
        propertiesText('user=password; a PHC string ($argon2id$…) is verified with Argon2id.', passwordHashes ?? []),
      ),
      file('roles.properties', propertiesText('user=role1,role2', roles)),
      file('gatehouse.yaml', buildDefaultConfiguration(ports, withSamples)),
    ],
  };
}
