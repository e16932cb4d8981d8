/** @module A PAC made with a service's key (MS-PAC): who somebody is and in which groups, right or wrong. */
import { octetString, sequence } from '../../src/wire/der.ts';
import { writeFields, writeInteger } from '../../src/wire/kerberos/fields.ts';
import { type KerberosKey, keyUsages } from '../../src/wire/kerberos/key.ts';

export interface Membership {
  readonly rid: number;
  readonly attributes?: number;
}

export interface PacParts {
  readonly name?: string;
  /** Of the first login, in milliseconds, as in the ticket. */
  readonly authenticatedAt: number;
  readonly domain?: readonly number[];
  readonly userRid?: number;
  readonly groups?: readonly Membership[];
  readonly extra?: readonly { readonly sid: readonly number[]; readonly attributes?: number }[];
  readonly resourceDomain?: readonly number[];
  readonly resourceGroups?: readonly Membership[];
  /** What is in the place of the logon information. */
  readonly logon?: Uint8Array;
  readonly signatureType?: number;
  /** Buffers that are left out, by their type. */
  readonly without?: readonly number[];
  /** One that is there twice. */
  readonly twice?: number;
}

/** SE_GROUP_MANDATORY, ENABLED_BY_DEFAULT and ENABLED. */
const inForce = 7;
const pointer = number(0x20004);
const nothing = number(0);

function number(value: number, octets = 4): Buffer {
  const bytes = Buffer.alloc(octets);
  bytes.writeUIntLE(value, 0, Math.min(octets, 6));
  return bytes;
}

function sidBytes(parts: readonly number[]): Buffer {
  const [authority = 0, ...subs] = parts;
  const head = Buffer.from([1, subs.length, 0, 0, 0, 0, 0, authority]);
  return Buffer.concat([number(subs.length), head, ...subs.map((one) => number(one))]);
}

function ndrText(text: string): Buffer {
  const units = Buffer.from(text, 'utf16le');
  const padded = Buffer.alloc(Math.ceil(units.length / 4) * 4);
  units.copy(padded);
  return Buffer.concat([number(text.length), nothing, number(text.length), padded]);
}

const members = (list: readonly Membership[]) =>
  Buffer.concat([number(list.length), ...list.flatMap((one) => [number(one.rid), number(one.attributes ?? inForce)])]);

export function writeLogonInfo(parts: PacParts): Buffer {
  const {
    name = 'hnelson',
    domain = [5, 21, 1, 2, 3],
    groups = [],
    extra = [],
    resourceDomain,
    resourceGroups = [],
  } = parts;
  const stringHead = (text: string | undefined) =>
    Buffer.concat([
      number((text?.length ?? 0) * 2, 2),
      number((text?.length ?? 0) * 2, 2),
      text === undefined ? nothing : pointer,
    ]);
  const arrayHead = (length: number) => Buffer.concat([number(length), length === 0 ? nothing : pointer]);
  return Buffer.concat([
    Buffer.from('01100800cccccccc', 'hex'),
    ...[nothing, nothing, pointer],
    Buffer.alloc(48),
    ...[stringHead(name), ...Array.from({ length: 5 }, () => stringHead(undefined))],
    Buffer.alloc(4),
    ...[number(parts.userRid ?? 1108), number(513), arrayHead(groups.length)],
    Buffer.alloc(20),
    ...[stringHead('DC1'), stringHead('AD'), pointer],
    Buffer.alloc(40),
    ...[arrayHead(extra.length), resourceDomain === undefined ? nothing : pointer, arrayHead(resourceGroups.length)],
    ndrText(name),
    groups.length === 0 ? Buffer.alloc(0) : members(groups),
    ...[ndrText('DC1'), ndrText('AD'), sidBytes(domain)],
    ...(extra.length === 0
      ? []
      : [
          number(extra.length),
          ...extra.flatMap(({ attributes = inForce }) => [pointer, number(attributes)]),
          ...extra.map(({ sid }) => sidBytes(sid)),
        ]),
    ...(resourceDomain === undefined ? [] : [sidBytes(resourceDomain)]),
    resourceGroups.length === 0 ? Buffer.alloc(0) : members(resourceGroups),
  ]);
}

export function writePac(parts: PacParts, key: KerberosKey): Buffer {
  const { name = 'hnelson', signatureType = key.type.checksum, without = [], twice } = parts;
  const signature = Buffer.concat([number(signatureType >>> 0), Buffer.alloc(key.type.macBytes)]);
  const clientName = Buffer.from(name, 'utf16le');
  const ticks = Buffer.alloc(8);
  ticks.writeBigUInt64LE(BigInt(parts.authenticatedAt + 11_644_473_600_000) * 10_000n);
  const all: readonly (readonly [number, Buffer])[] = [
    [1, parts.logon === undefined ? writeLogonInfo(parts) : Buffer.from(parts.logon)],
    [10, Buffer.concat([ticks, number(clientName.length, 2), clientName])],
    [6, signature],
    [7, signature],
  ];
  const buffers = all.flatMap((one) => (without.includes(one[0]) ? [] : one[0] === twice ? [one, one] : [one]));
  const headLength = 8 + buffers.length * 16;
  const heads: Buffer[] = [];
  const contents: Buffer[] = [];
  let offset = headLength;
  let signatureAt = -1;
  for (const [type, bytes] of buffers) {
    const padded = Buffer.alloc(Math.ceil(bytes.length / 8) * 8);
    bytes.copy(padded);
    heads.push(Buffer.concat([number(type), number(bytes.length), number(offset), nothing]));
    if (type === 6) signatureAt = offset + 4;
    contents.push(padded);
    offset += padded.length;
  }
  const pac = Buffer.concat([number(buffers.length), nothing, ...heads, ...contents]);
  if (signatureAt >= 0) pac.set(key.checksum(keyUsages.pacSignature, pac), signatureAt);
  return pac;
}

/** AD-IF-RELEVANT with AD-WIN2K-PAC inside, as a domain controller writes it. */
export function authorizationDataOf(pac: Uint8Array): Uint8Array {
  const item = (type: number, data: Uint8Array) => writeFields([writeInteger(type), octetString(data)]);
  return sequence(item(1, sequence(item(128, pac))));
}
