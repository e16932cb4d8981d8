/** @module KERB_VALIDATION_INFO: who the domain controller says that somebody is, and the groups (MS-PAC §2.5). */
import { sidText } from '../ldap/sid.ts';
import { type NdrReader, readNdr } from './ndr.ts';

export interface LogonInfo {
  readonly accountName: string;
  readonly userSid: string;
  /** Of the domain, of other domains, of the domain of the resource; only those in force. */
  readonly groupSids: readonly string[];
}

interface Membership {
  readonly rid: number;
  readonly attributes: number;
}

/** SE_GROUP_ENABLED, SE_GROUP_USE_FOR_DENY_ONLY (MS-PAC §2.2.1). */
const enabled = 0x4;
const denyOnly = 0x10;
const timesBytes = 6 * 8;
/** UserFlags and UserSessionKey. */
const flagsAndKeyBytes = 4 + 16;
/** Reserved1, UserAccountControl, SubAuthStatus, two instants, FailedILogonCount, Reserved3. */
const accountBytes = 2 * 4 + 2 * 4 + 2 * 8 + 2 * 4;

const inForce = ({ attributes }: { readonly attributes: number }) =>
  (attributes & enabled) !== 0 && (attributes & denyOnly) === 0;

/** `undefined` when it breaks off or has identifiers that are none. */
export function readLogonInfo(bytes: Uint8Array): LogonInfo | undefined {
  const ndr = readNdr(bytes);
  if (ndr === undefined || ndr.readUint32() === 0) return undefined;
  ndr.readBytes(timesBytes);
  // EffectiveName, FullName, LogonScript, ProfilePath, HomeDirectory, HomeDirectoryDrive.
  const names = Array.from({ length: 6 }, () => ndr.readStringHead());
  ndr.readBytes(2 * 2);
  const userRid = ndr.readUint32();
  // PrimaryGroupId: it is among the groups too.
  ndr.readUint32();
  const groups = readArrayHead(ndr);
  ndr.readBytes(flagsAndKeyBytes);
  const servers = [ndr.readStringHead(), ndr.readStringHead()];
  const hasDomain = ndr.readUint32() !== 0;
  ndr.readBytes(accountBytes);
  const extra = readArrayHead(ndr);
  const hasResourceDomain = ndr.readUint32() !== 0;
  const resource = readArrayHead(ndr);

  // What the pointers point to follows, in the same order.
  const [accountName = ''] = names.map((there) => (there ? ndr.readString() : ''));
  const memberships = groups ? readMemberships(ndr) : [];
  for (const there of servers) if (there) ndr.readString();
  const domain = hasDomain ? ndr.readSid() : undefined;
  const others = extra ? readSids(ndr) : [];
  const resourceDomain = hasResourceDomain ? ndr.readSid() : undefined;
  const resourceGroups = resource ? readMemberships(ndr) : [];
  if (!ndr.intact() || domain === undefined) return undefined;

  const userSid = sidText(domain, userRid);
  const groupSids = [
    ...memberships.filter(inForce).map(({ rid }) => sidText(domain, rid)),
    ...others.filter(inForce).map(({ sid }) => sidText(sid)),
    ...resourceGroups
      .filter(inForce)
      .map(({ rid }) => (resourceDomain === undefined ? undefined : sidText(resourceDomain, rid))),
  ];
  const read = groupSids.filter((sid) => sid !== undefined);
  if (userSid === undefined || read.length !== groupSids.length) return undefined;
  return { accountName, userSid, groupSids: [...new Set(read)] };
}

/** Count and pointer: whether there is an array. */
function readArrayHead(ndr: NdrReader): boolean {
  ndr.readUint32();
  return ndr.readUint32() !== 0;
}

function readMemberships(ndr: NdrReader): readonly Membership[] {
  return Array.from({ length: ndr.readCount(8) ?? 0 }, () => ({ rid: ndr.readUint32(), attributes: ndr.readUint32() }));
}

function readSids(ndr: NdrReader): readonly { readonly sid: Uint8Array; readonly attributes: number }[] {
  const heads = Array.from({ length: ndr.readCount(8) ?? 0 }, () => ({
    there: ndr.readUint32() !== 0,
    attributes: ndr.readUint32(),
  }));
  return heads
    .filter(({ there }) => there)
    .map(({ attributes }) => {
      const sid = ndr.readSid();
      return { sid, attributes };
    });
}
