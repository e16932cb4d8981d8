/** @module GeneralNames (RFC 5280 §4.2.1.6): alternative names, and the names of distribution points and constraints. */
import { type DerElement, derChildren, derObjectIdentifier, derTags, derText, readDer } from '../der-reader.ts';
import { readX500Name, type X500Name } from './x500-name.ts';

export type GeneralName =
  | { readonly kind: 'email' | 'dns' | 'uri'; readonly text: string }
  | { readonly kind: 'directory'; readonly name: X500Name }
  | { readonly kind: 'ip'; readonly bytes: Uint8Array }
  /** `text`: where the value is a character string, as a user principal name is. */
  | { readonly kind: 'other'; readonly type: string; readonly text?: string }
  /** x400Address, ediPartyName, registeredID: known by number only. */
  | { readonly kind: 'unknown'; readonly tag: number };

const kindsOfText: Readonly<Record<number, 'email' | 'dns' | 'uri'>> = { 129: 'email', 130: 'dns', 134: 'uri' };

/** x400Address, ediPartyName, registeredID. */
const otherTags: readonly number[] = [0xa3, 0xa5, 0x88];

export function readGeneralName(element: DerElement): GeneralName | undefined {
  const { tag, contents } = element;
  const kind = kindsOfText[tag];
  if (kind !== undefined) {
    const text = Buffer.from(contents).toString('latin1');
    // IA5String is ASCII; a NUL has ended names early in other readers.
    return /^[\x20-\x7e]*$/.test(text) ? { kind, text } : undefined;
  }
  switch (tag) {
    case 0xa0:
      return readOtherName(element);
    case 0xa4: {
      const name = readX500Name(derChildren(element)?.[0]);
      return name === undefined ? undefined : { kind: 'directory', name };
    }
    case 0x87:
      return { kind: 'ip', bytes: contents };
    default:
      return otherTags.includes(tag) ? { kind: 'unknown', tag } : undefined;
  }
}

function readOtherName(element: DerElement): GeneralName | undefined {
  const [identifier, wrapped] = derChildren(element) ?? [];
  const type = derObjectIdentifier(identifier);
  const value = derChildren(wrapped, 0xa0)?.[0];
  if (type === undefined || value === undefined) return undefined;
  const text = derText(value);
  return { kind: 'other', type, ...(text === undefined ? {} : { text }) };
}

/** The names in a SEQUENCE OF GeneralName; `undefined` when one of them is malformed. */
export function readGeneralNames(value: Uint8Array): readonly GeneralName[] | undefined {
  const names = derChildren(readDer(value), derTags.sequence)?.map(readGeneralName);
  return names?.every((one) => one !== undefined) === true ? names : undefined;
}
