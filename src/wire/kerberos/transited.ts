/** @module Which realms a ticket came through: DOMAIN-X500-COMPRESS taken apart (RFC 4120 §3.3.3.2). */
import { isUtf8 } from 'node:buffer';

/** The only transited type that there is. */
export const domainX500Compress = 1;

/** Longer paths between realms are nobody's; a subordinate encoding may not grow without end. */
export const maxTransitedRealms = 64;
const maxTransitedBytes = 4096;

/**
 * The realms between the client's and the service's, as far as they are named. `undefined` when it cannot be read. A null
 * subfield stands for the realms on the way in the hierarchy, which are then in the result.
 */
export function transitedRealms(
  contents: Uint8Array,
  clientRealm: string,
  serviceRealm: string,
): readonly string[] | undefined {
  if (contents.length > maxTransitedBytes || !isUtf8(contents)) return undefined;
  const text = new TextDecoder().decode(contents);
  if (text === '') return [];
  const fields = subfields(text);
  if (fields === undefined) return undefined;
  const realms: string[] = [];
  let previous = '';
  let gap = false;
  for (const [index, field] of fields.entries()) {
    if (field === '') {
      // At the beginning it means: down from the client's realm; at the end: on to the service's.
      if (index === 0) previous = clientRealm;
      gap = true;
      continue;
    }
    const realm = expand(field, previous);
    if (gap) realms.push(...between(previous, realm));
    realms.push(realm);
    [previous, gap] = [realm, false];
    if (realms.length > maxTransitedRealms) return undefined;
  }
  if (gap) realms.push(...between(previous, serviceRealm));
  return realms.length > maxTransitedRealms
    ? undefined
    : realms.filter((one) => one !== clientRealm && one !== serviceRealm);
}

/** Split at commas; a backslash takes the character after it as it is. A leading space keeps a field from being completed. */
function subfields(text: string): readonly string[] | undefined {
  const fields = [''];
  const characters = [...text];
  for (let index = 0; index < characters.length; index += 1) {
    let character = characters[index] ?? '';
    if (character === ',') {
      fields.push('');
      continue;
    }
    if (character === '\\') {
      index += 1;
      character = characters[index] ?? '';
      if (character === '') return undefined;
    }
    fields[fields.length - 1] += character;
  }
  return fields;
}

/** `EDU,MIT.` is EDU and MIT.EDU; `/COM,/HP` is /COM and /COM/HP. */
function expand(field: string, previous: string): string {
  if (field.startsWith(' ')) return field.slice(1);
  if (field.endsWith('.')) return `${field}${previous}`;
  return field.startsWith('/') && previous.startsWith('/') ? `${previous}${field}` : field;
}

/** The realms strictly between two of one hierarchy of domains: up from the longer to what they have in common, and down. */
function between(from: string, to: string): readonly string[] {
  const up = parents(from);
  const down = parents(to);
  const top = up.find((one) => down.includes(one));
  const ascending = top === undefined ? up : up.slice(0, up.indexOf(top) + 1);
  const descending = (top === undefined ? down : down.slice(0, down.indexOf(top))).toReversed();
  return [...ascending, ...descending].filter((one) => one !== from && one !== to);
}

/** The realm itself, then its parents. X.500 names take the slash, from the left; domains the dot. */
function parents(realm: string): readonly string[] {
  const separator = realm.startsWith('/') ? '/' : '.';
  const parts = realm.split(separator);
  return separator === '.'
    ? parts.map((_, index) => parts.slice(index).join('.'))
    : parts.slice(1).map((_, index) => parts.slice(0, parts.length - index).join('/'));
}
