/** @module The security realms of JBoss (jboss-facts §5.1 – §5.3): property files and users in the file are kept, other sources refused. */
import { buildProperty } from '../wire/properties-file.ts';
import { type ImportContext, safeName } from './context.ts';
import { attributeOf, childOf, childrenOf, type SourceElement } from './source.ts';

export interface RealmEntry {
  readonly name: string;
  readonly comments: readonly string[];
  readonly users: { readonly path: string; readonly plainText: boolean };
  readonly groups?: string;
  readonly mapGroupsToRoles: boolean;
}

export interface ImportedRealms {
  readonly realms: readonly RealmEntry[];
  /** Lines about realms that could not be kept. */
  readonly comments: readonly string[];
}

const later: Readonly<Record<string, string>> = {
  local: 'the local mechanism is not in this version; it never was for the web',
  ldap: 'LDAP in a realm is not in this version: a domain with LdapExtended does it',
  jaas: 'JAAS in a realm is not in this version',
  truststore: 'client certificates in a realm are not in this version: a domain with CertificateRoles does it',
  kerberos: 'Kerberos is not in this version',
  'plug-in': 'plug-ins in Java are not run',
};
/** A realm is checked by one of them (jboss-facts §5.3). */
const sources: readonly string[] = ['jaas', 'ldap', 'plug-in', 'properties', 'users'];

export function importRealms(management: SourceElement | undefined, context: ImportContext): ImportedRealms {
  const container = childOf(management, 'security-realms');
  context.ledger.note(container, 'kept');
  const realms: RealmEntry[] = [];
  const comments: string[] = [];
  for (const element of childrenOf(container, 'security-realm')) {
    const original = attributeOf(element, 'name')?.value ?? '';
    // Part of every hash in the file of users: a realm cannot have another name.
    const isTaken = realms.some(({ name }) => name === original);
    const imported =
      original !== safeName(original) || isTaken ? 'its name cannot be kept' : importRealm(element, original, context);
    if (typeof imported === 'string') {
      context.ledger.noteTree(element, 'refused', imported, true);
      comments.push(`${context.at(element)}: the realm ${original} is not kept: ${imported}.`);
    } else {
      realms.push(imported);
    }
  }
  return { realms, comments };
}

function importRealm(element: SourceElement, name: string, context: ImportContext): RealmEntry | string {
  const { ledger } = context;
  const authentication = childOf(element, 'authentication');
  const source = authentication?.children.find((child) => sources.includes(child.name));
  if (source === undefined) return 'it has no names and passwords';
  const users =
    source.name === 'properties'
      ? propertiesOf(source, context)
      : source.name === 'users'
        ? usersOf(source, name, context)
        : (later[source.name] ?? 'not in this version');
  if (typeof users === 'string') return users;
  const authorization = childOf(element, 'authorization');
  const groups = groupsOf(authorization, context);
  const mapped = attributeOf(authorization ?? element, 'map-groups-to-roles');
  const expanded = mapped === undefined ? undefined : context.expand(mapped).plain?.trim().toLowerCase();
  ledger.note(mapped, 'kept');
  ledger.note(element, 'kept');
  ledger.note(attributeOf(element, 'name'), 'kept');
  ledger.note(authentication, 'kept');
  ledger.note(authorization, 'kept');
  for (const child of authentication?.children ?? []) {
    const why = later[child.name];
    if (why !== undefined) ledger.noteTree(child, 'refused', why);
  }
  identitiesOf(element, name, context);
  return {
    name,
    comments: [context.at(element)],
    users,
    ...(groups === undefined ? {} : { groups }),
    mapGroupsToRoles: expanded !== 'false',
  };
}

/** The name of the file that was taken over, or why not. */
function fileOf(element: SourceElement, context: ImportContext): string | { readonly name: string } {
  const { ledger } = context;
  const path = attributeOf(element, 'path');
  const relativeTo = attributeOf(element, 'relative-to');
  if (path === undefined) return 'it names no file';
  const expanded = context.expand(path);
  if (expanded.plain === undefined || expanded.missing.length > 0) return 'the path of its file is not known';
  const base = relativeTo?.value.trim();
  const isOwn = base === undefined || /^jboss\.(?:server|domain)\.config\.dir$/.test(base);
  const folder = isOwn ? '' : context.property(base);
  if (folder === undefined) return `the folder ${base} is not known: give it as a property`;
  const copy = context.copy(folder === '' ? expanded.plain : `${folder}/${expanded.plain}`);
  if ('problem' in copy) {
    const name = safeName(expanded.plain.split(/[\\/]/).at(-1) ?? '');
    context.ledger.task(`put ${expanded.plain} into configuration/${name}: ${copy.problem}`, element);
    ledger.note(path, 'approximated', `the file was not copied: ${copy.problem}`);
    ledger.note(relativeTo, 'approximated', 'files are in the configuration folder');
    return { name };
  }
  ledger.note(path, copy.remark === undefined ? 'kept' : 'approximated', copy.remark ?? '');
  ledger.note(relativeTo, isOwn ? 'kept' : 'approximated', isOwn ? '' : 'the file is in the configuration folder now');
  return { name: copy.name };
}

function propertiesOf(element: SourceElement, context: ImportContext): string | RealmEntry['users'] {
  const file = fileOf(element, context);
  if (typeof file === 'string') return file;
  const plain = attributeOf(element, 'plain-text');
  const plainText = plain !== undefined && context.expand(plain).plain?.trim().toLowerCase() === 'true';
  context.ledger.note(element, 'kept');
  context.ledger.note(plain, 'kept');
  if (plainText) {
    context.ledger.task(`${file.name} holds passwords as they are: docs/passwords.md tells how to hash them`, element);
  }
  return { path: file.name, plainText };
}

function usersOf(element: SourceElement, realm: string, context: ImportContext): string | RealmEntry['users'] {
  const lines: string[] = [];
  for (const user of childrenOf(element, 'user')) {
    const name = attributeOf(user, 'username')?.value ?? attributeOf(user, 'name')?.value ?? '';
    const password = childOf(user, 'password');
    const plain = password === undefined ? undefined : context.expand(password).plain;
    if (plain === undefined || plain === '') {
      context.ledger.noteTree(user, 'refused', 'its password is not known', true);
      context.ledger.task(`give ${name} of ${realm} a password: it is in the vault or the environment`, user);
    } else {
      lines.push(buildProperty(name, plain));
    }
  }
  if (lines.length === 0) return 'it has no user whose password is known';
  const path = context.add(`${realm}-users.properties`, `${lines.join('\n')}\n`);
  context.ledger.task(`${path} holds passwords as they are: docs/passwords.md tells how to hash them`, element);
  context.ledger.noteTree(element, 'approximated', 'the users are in a file of their own, out of the configuration');
  return { path, plainText: true };
}

function groupsOf(authorization: SourceElement | undefined, context: ImportContext): string | undefined {
  const properties = childOf(authorization, 'properties');
  if (properties !== undefined) {
    const file = fileOf(properties, context);
    if (typeof file === 'string') {
      context.ledger.noteTree(properties, 'refused', file, true);
      return undefined;
    }
    context.ledger.note(properties, 'kept');
    return file.name;
  }
  for (const child of authorization?.children ?? []) {
    context.ledger.noteTree(child, 'refused', 'groups from here are not in this version: nobody has roles', true);
  }
  return undefined;
}

function identitiesOf(element: SourceElement, realm: string, { ledger }: ImportContext): void {
  const identities = childOf(element, 'server-identities');
  if (childOf(identities, 'ssl') !== undefined) {
    ledger.task(`${realm} has a key pair for TLS: export it as PEM and set tls in gatehouse.yaml`, identities);
  }
  ledger.noteTree(
    identities,
    'refused',
    'key pairs are PEM files here, set by tls; secrets for calls that go out are not needed',
  );
  ledger.noteTree(childOf(element, 'plug-ins'), 'refused', 'plug-ins in Java are not run');
}
