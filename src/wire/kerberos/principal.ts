/** @module Principal names: how they are encoded (RFC 4120 §5.2.2) and how they are written for people (RFC 1964 §2.1.1). */

import { sequence } from '../der.ts';
import { type DerElement, derChildren, derTags } from '../der-reader.ts';
import { readFields, readInteger, readString, writeFields, writeInteger, writeString } from './fields.ts';

export interface Principal {
  readonly realm: string;
  /** One or more; of a service: its kind, then its host. */
  readonly components: readonly string[];
  readonly nameType: number;
}

/** KRB5-NT-PRINCIPAL and KRB5-NT-SRV-INST (RFC 4120 §6.2). */
export const nameTypes = { principal: 1, service: 2 } as const;

/** The longest that anybody has are three: `HTTP/host/domain` of Active Directory. */
export const maxComponents = 16;

/** PrincipalName; the realm is a field of its own beside it. */
export function readPrincipal(realm: string | undefined, element: DerElement | undefined): Principal | undefined {
  const [type, list] = readFields(element) ?? [];
  const nameType = readInteger(type);
  const components = derChildren(list, derTags.sequence)?.map(readString);
  if (realm === undefined || nameType === undefined || components === undefined) return undefined;
  if (realm === '' || components.length === 0 || components.length > maxComponents) return undefined;
  const texts = components.filter((one) => one !== undefined);
  return texts.length === components.length ? { realm, components: texts, nameType } : undefined;
}

export function writePrincipal({ nameType, components }: Principal): Uint8Array {
  return writeFields([writeInteger(nameType), sequence(...components.map(writeString))]);
}

/** The name type is no part of who it is (RFC 4120 §6.2). */
export function samePrincipal(a: Principal, b: Principal): boolean {
  return a.realm === b.realm && sameName(a, b);
}

export function sameName(a: Principal, b: Principal): boolean {
  return a.components.length === b.components.length && a.components.every((one, index) => one === b.components[index]);
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\b': '\\b', '\0': '\\0' };

/** Most names have none of these. */
const special = /[\\/@\n\t\b\0]/;

function escaped(text: string): string {
  if (!special.test(text)) return text;
  return text.replaceAll(/[\\/@]/g, '\\$&').replaceAll(/[\n\t\b\0]/g, (one) => escapes[one] ?? one);
}

/** `HTTP/host` of `HTTP/host@REALM`: no separator in it can be mistaken for a character of a name. */
export function principalName({ components }: Principal): string {
  return components.map(escaped).join('/');
}

/** `hnelson@EXAMPLE.COM`, `HTTP/host@REALM`. */
export function principalText(principal: Principal): string {
  return `${principalName(principal)}@${escaped(principal.realm)}`;
}

/** What `principalText` writes, with or without the realm (then `defaultRealm`); `undefined` when it is no principal. */
export function parsePrincipal(text: string, defaultRealm = ''): Principal | undefined {
  const match = /^((?:[^\\@/]|\\.)+(?:\/(?:[^\\@/]|\\.)+)*)(?:@((?:[^\\@/]|\\.)+))?$/su.exec(text);
  if (match === null) return undefined;
  const [, name = '', realm] = match;
  const components = name.match(/(?:[^\\/]|\\.)+/gsu)?.map(unescaped) ?? [];
  if (components.length > maxComponents) return undefined;
  const nameType = components.length > 1 ? nameTypes.service : nameTypes.principal;
  return { realm: realm === undefined ? defaultRealm : unescaped(realm), components, nameType };
}

const meanings: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', 0: '\0' };

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gsu, (_, one: string) => meanings[one] ?? one);
}
