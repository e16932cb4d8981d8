/** @module JBoss's user files (mgmt-users.properties …): realm marker, disabled users, and changing one user in place. */
import {
  buildProperty,
  type PropertiesFile,
  parseProperties,
  propertiesByKey,
  replaceLines,
} from './properties-file.ts';

/** A users file as the add-user script of JBoss keeps it (jboss-facts §5.4). */
export interface UsersFile {
  /** What the `#$REALM_NAME=…$` marker says; `undefined` without one. */
  readonly realm?: string;
  /** Enabled users and what is stored for them; a user whose line is commented out does not exist. */
  readonly users: ReadonlyMap<string, string>;
}

/** @throws ERR_CONFIG_INVALID with `facts.line` when it is not a property file. */
export function parseUsersFile(text: string): UsersFile {
  const file = parseProperties(text);
  const realm = commentsOf(file)
    .map(({ comment }) => /^\$REALM_NAME=(.*)\$/.exec(comment)?.[1])
    .find((found) => found !== undefined);
  return { ...(realm === undefined ? {} : { realm }), users: propertiesByKey(file) };
}

/** A users file with nobody in it, with the marker that `add-user` compares with its realm. */
export function buildUsersFile(realm: string): string {
  return [
    `#$REALM_NAME=${realm}$ This line is used by the add-user command to identify the realm of this file.`,
    "# Each line is username=HEX( MD5( username ':' realm ':' password ) ). A line that is commented out disables its user.",
    '',
  ].join('\n');
}

export interface UserLine {
  readonly name: string;
  /** What is stored: an HA1, a `$argon2id$…` or a plain password. */
  readonly value: string;
}

/** The text with one user added or changed. Comments and every other line stay; who was disabled stays so. */
export function setUser(text: string, user: UserLine): string {
  const file = parseProperties(text);
  const enabledLines = file.entries.filter(({ key }) => key === user.name);
  const disabledLines = disabledUsers(file).filter(({ name }) => name === user.name);
  const enabled = enabledLines.length > 0 || disabledLines.length === 0;
  const line = buildProperty(user.name, user.value);
  return replaceLines(text, file, [...enabledLines, ...disabledLines], enabled ? line : `#${line}`);
}

interface CommentLine {
  /** Without the `#`. */
  readonly comment: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

function commentsOf(file: PropertiesFile): readonly CommentLine[] {
  const inEntries = new Set(file.entries.flatMap(({ firstLine, lastLine }) => [firstLine, lastLine]));
  return file.lines.flatMap((line, index) => {
    const comment = /^[ \t\f]*#(.*)$/.exec(line)?.[1];
    return comment === undefined || inEntries.has(index) ? [] : [{ comment, firstLine: index, lastLine: index }];
  });
}

/** Only a value that is a hash makes a comment a disabled user: prose with an equals sign is prose. */
function disabledUsers(file: PropertiesFile): readonly (CommentLine & { readonly name: string })[] {
  return commentsOf(file).flatMap((line) => {
    if (!/=(?:[0-9a-f]{32}|\$argon2id\$\S+)[ \t\f]*$/i.test(line.comment)) {
      return [];
    }
    const entry = parseProperties(line.comment).entries[0];
    return entry === undefined || /\s/.test(entry.key) ? [] : [{ ...line, name: entry.key }];
  });
}
