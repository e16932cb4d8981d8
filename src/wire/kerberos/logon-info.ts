/** @module KERB_VALIDATION_INFO: who the domain controller says that somebody is, and the groups (MS-PAC §2.5). */
import { sidText } from '../ldap/sid.ts';
import { type NdrReader, readNdr } from './ndr.ts';

export interface LogonInfo {
  readonly accountName: string;
  readonly userSid: string;
  /** Of the domain, of other domains, of the domain of the resource; only those in force. */
  readonly groupSids: readonly string[];
}

/** SE_GROUP_ENABLED, SE_GROUP_USE_FOR_DENY_ONLY (MS-PAC §2.2.1). */
const enabled = 0x4;
const denyOnly = 0x10;
const timesBytes = 6 * 8;
/** UserFlags and UserSessionKey. */
const flagsAndKeyBytes = 4 + 16;
/** Reserved1, UserAccountControl, SubAuthStatus, two instants, FailedILogonCount, Reserved3. */
const accountBytes = 2 * 4 + 2 * 4 + 2 * 8 + 2 * 4;

const inForce = (attributes: number) => (attributes & enabled) !== 0 && (attributes & denyOnly) === 0;

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

  // What the pointers point to follows, in the same order. A thousand groups are usual: they are read in one pass.
  const [accountName = ''] = names.map((there) => (there ? ndr.readString() : ''));
  const memberships = groups ? readMemberships(ndr) : [];
  for (const there of servers) if (there) ndr.readString();
  const domain = hasDomain ? sidText(ndr.readSid()) : undefined;
  const others = extra ? readSids(ndr) : [];
  const resourceDomain = hasResourceDomain ? sidText(ndr.readSid()) : undefined;
  const resourceGroups = resource ? readMemberships(ndr) : [];
  if (!ndr.intact() || domain === undefined || others === undefined) return undefined;
  if (resourceGroups.length > 0 && resourceDomain === undefined) return undefined;
  const groupSids = new Set<string>();
  for (const rid of memberships) groupSids.add(`${domain}-${rid}`);
  for (const sid of others) groupSids.add(sid);
  for (const rid of resourceGroups) groupSids.add(`${resourceDomain}-${rid}`);
  return { accountName, userSid: `${domain}-${userRid}`, groupSids: [...groupSids] };
}

/** Count and pointer: whether there is an array. */
function readArrayHead(ndr: NdrReader): boolean {
  ndr.readUint32();
  return ndr.readUint32() !== 0;
}

/** The last sub-authorities of those in force. */
function readMemberships(ndr: NdrReader): readonly number[] {
  const rids: number[] = [];
  for (let left = ndr.readCount(8) ?? 0; left > 0; left -= 1) {
    const rid = ndr.readUint32();
    if (inForce(ndr.readUint32())) rids.push(rid);
  }
  return rids;
}

/** Those in force. `undefined` when one is none. */
function readSids(ndr: NdrReader): readonly string[] | undefined {
  const count = ndr.readCount(8) ?? 0;
  const attributes: (number | undefined)[] = [];
  for (let index = 0; index < count; index += 1) {
    const there = ndr.readUint32() !== 0;
    const flags = ndr.readUint32();
    attributes.push(there ? flags : undefined);
  }
  const sids: string[] = [];
  for (const flags of attributes) {
    if (flags === undefined) continue;
    const sid = sidText(ndr.readSid());
    if (sid === undefined) return undefined;
    if (inForce(flags)) sids.push(sid);
  }
  return sids;
}
