/** @module Name constraints (RFC 5280 §4.2.1.10): which names the certificates below an authority may have. */
import { type DerElement, derChildren, derTags } from '../der-reader.ts';
import { type GeneralName, readGeneralName } from './general-names.ts';
import { attributeTexts, canonicalX500Name, emailAddress, type X500Name } from './x500-name.ts';

export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** What a certificate calls its holder. */
export interface HolderNames {
  readonly subject: X500Name;
  readonly alternativeNames: readonly GeneralName[];
}

const permittedTag = 0xa0;
const excludedTag = 0xa1;

export function readNameConstraints(element: DerElement): NameConstraints | undefined {
  const children = derChildren(element, derTags.sequence);
  if (children === undefined || children.some(({ tag }) => tag !== permittedTag && tag !== excludedTag))
    return undefined;
  const permitted = readSubtrees(children.find(({ tag }) => tag === permittedTag));
  const excluded = readSubtrees(children.find(({ tag }) => tag === excludedTag));
  return permitted === undefined || excluded === undefined || children.length === 0
    ? undefined
    : { permitted, excluded };
}

/** A subtree with a minimum or a maximum is malformed: RFC 5280 has neither. */
function readSubtrees(element: DerElement | undefined): readonly GeneralName[] | undefined {
  if (element === undefined) return [];
  const names = derChildren(element)?.map((subtree) => {
    const [base, ...others] = derChildren(subtree, derTags.sequence) ?? [];
    return base === undefined || others.length > 0 ? undefined : readGeneralName(base);
  });
  return names?.every((one) => one !== undefined) === true ? names : undefined;
}

/** The first name that the constraints do not allow, in words; `undefined` when all are allowed. */
export function forbiddenName(holder: HolderNames, { permitted, excluded }: NameConstraints): string | undefined {
  const names = namesOf(holder);
  return names.map((name) => whyNot(name, permitted, excluded)).find((reason) => reason !== undefined);
}

function namesOf({ subject, alternativeNames }: HolderNames): readonly GeneralName[] {
  const inSubject = attributeTexts(subject, emailAddress).map((text) => ({ kind: 'email', text }) as const);
  return [
    ...(subject.length > 0 ? [{ kind: 'directory', name: subject } as const] : []),
    ...inSubject,
    ...alternativeNames,
  ];
}

function whyNot(
  name: GeneralName,
  permitted: readonly GeneralName[],
  excluded: readonly GeneralName[],
): string | undefined {
  const ofKind = (subtrees: readonly GeneralName[]) => subtrees.filter((subtree) => sameKind(name, subtree));
  const allowed = ofKind(permitted);
  if (ofKind(excluded).some((subtree) => within(name, subtree) !== false)) return `${name.kind} excluded`;
  return allowed.length > 0 && !allowed.some((subtree) => within(name, subtree) === true)
    ? `${name.kind} not permitted`
    : undefined;
}

function sameKind(name: GeneralName, subtree: GeneralName): boolean {
  if (name.kind === 'other' && subtree.kind === 'other') return name.type === subtree.type;
  if (name.kind === 'unknown' && subtree.kind === 'unknown') return name.tag === subtree.tag;
  return name.kind === subtree.kind;
}

/** `undefined`: cannot be told, which is neither permitted nor outside of what is excluded. */
function within(name: GeneralName, subtree: GeneralName): boolean | undefined {
  if (name.kind === 'directory' && subtree.kind === 'directory') return isBelow(name.name, subtree.name);
  if (name.kind === 'ip' && subtree.kind === 'ip') return inNetwork(name.bytes, subtree.bytes);
  if (name.kind === 'email' && subtree.kind === 'email') return emailWithin(name.text, subtree.text);
  if (name.kind === 'dns' && subtree.kind === 'dns') return hostWithin(name.text, subtree.text, 'itself-too');
  if (name.kind === 'uri' && subtree.kind === 'uri') {
    const host = URL.canParse(name.text) ? new URL(name.text).hostname : '';
    // RFC 5280: an address without a host name, or with an IP address, is refused where there is a constraint.
    return host === '' || /^[\d.]+$|^\[/.test(host) ? undefined : hostWithin(host, subtree.text, 'as-written');
  }
  return undefined;
}

function isBelow(name: X500Name, subtree: X500Name): boolean {
  const whole = canonicalX500Name(name);
  return canonicalX500Name(subtree).every((relative, index) => whole[index] === relative);
}

/** `itself-too`: `example.com` covers `a.example.com` (DNS). `as-written`: only `.example.com` covers what is below (mail, URI). */
function hostWithin(host: string, subtree: string, rule: 'itself-too' | 'as-written'): boolean {
  const wanted = subtree.toLowerCase().replace(/\.$/, '');
  const actual = host.toLowerCase().replace(/\.$/, '');
  if (wanted === '') return true;
  if (wanted.startsWith('.')) return actual.endsWith(wanted);
  return actual === wanted || (rule === 'itself-too' && actual.endsWith(`.${wanted}`));
}

/** A mailbox, a host, or `.domain` for the hosts below. */
function emailWithin(email: string, subtree: string): boolean | undefined {
  const at = email.lastIndexOf('@');
  if (at < 1) return undefined;
  const host = email.slice(at + 1);
  const wantedAt = subtree.lastIndexOf('@');
  if (wantedAt < 0) return hostWithin(host, subtree, 'as-written');
  return (
    email.slice(0, at) === subtree.slice(0, wantedAt) &&
    host.toLowerCase() === subtree.slice(wantedAt + 1).toLowerCase()
  );
}

/** Address and mask, one after the other. */
function inNetwork(address: Uint8Array, subtree: Uint8Array): boolean | undefined {
  const { length } = address;
  if (subtree.length !== length * 2)
    return (subtree.length === 8 || subtree.length === 32) && [4, 16].includes(length) ? false : undefined;
  return address.every((byte, index) => {
    const mask = subtree[length + index] ?? 0;
    return (byte & mask) === ((subtree[index] ?? 0) & mask);
  });
}
