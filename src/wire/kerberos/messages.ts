/** @module The messages that a client sends to a service: AP-REQ, Ticket, Authenticator (RFC 4120 §5.3, §5.5.1). */
import { type DerElement, derChildren, derTags, readDer } from '../der-reader.ts';
import { type Fields, readFields, readFlags, readInteger, readOctets, readString, readTime } from './fields.ts';
import { type Principal, readPrincipal } from './principal.ts';

/** What the name of a version and of a message is, in the fields that say so. */
const protocolVersion = 5;
const requestType = 14;

export interface EncryptedData {
  readonly encryptionType: number;
  readonly kvno: number | undefined;
  readonly cipher: Uint8Array;
}

export interface Ticket {
  /** Not protected: whom the client says that the ticket is for. */
  readonly service: Principal;
  readonly encrypted: EncryptedData;
}

export interface ApRequest {
  /** Not protected. Bit 1: use-session-key, bit 2: mutual-required. */
  readonly options: number;
  readonly ticket: Ticket;
  readonly authenticator: EncryptedData;
}

export interface EncryptionKey {
  readonly encryptionType: number;
  readonly bytes: Uint8Array;
}

export interface TicketPart {
  readonly flags: number;
  readonly sessionKey: EncryptionKey;
  readonly client: Principal;
  readonly transited: { readonly type: number; readonly contents: Uint8Array };
  readonly authenticatedAt: number;
  readonly startsAt: number | undefined;
  readonly endsAt: number;
  readonly authorizationData: DerElement | undefined;
}

export interface Authenticator {
  readonly client: Principal;
  readonly checksum: { readonly type: number; readonly bytes: Uint8Array } | undefined;
  /** Whole seconds, in milliseconds since the epoch; the microseconds are on top of it. */
  readonly secondAt: number;
  readonly microseconds: number;
  /** Both together, in whole milliseconds. */
  readonly at: number;
  readonly subkey: EncryptionKey | undefined;
  /** 0 where the client sent none. */
  readonly sequenceNumber: number;
}

export function readApRequest(bytes: Uint8Array): ApRequest | undefined {
  const [version, type, options, ticket, authenticator] = readFields(readDer(bytes), 14) ?? [];
  const flags = readFlags(options);
  const read = readTicket(ticket);
  const encrypted = readEncryptedData(authenticator);
  if (readInteger(version) !== protocolVersion || readInteger(type) !== requestType) return undefined;
  if (flags === undefined || read === undefined || encrypted === undefined) return undefined;
  return { options: flags, ticket: read, authenticator: encrypted };
}

function readTicket(element: DerElement | undefined): Ticket | undefined {
  const [version, realm, name, part] = readFields(element, 1) ?? [];
  const service = readPrincipal(readString(realm), name);
  const encrypted = readEncryptedData(part);
  if (readInteger(version) !== protocolVersion || service === undefined || encrypted === undefined) return undefined;
  return { service, encrypted };
}

function readEncryptedData(element: DerElement | undefined): EncryptedData | undefined {
  const [type, kvno, cipher] = readFields(element) ?? [];
  const encryptionType = readInteger(type);
  const version = kvno === undefined ? undefined : readInteger(kvno);
  const octets = readOctets(cipher);
  if (encryptionType === undefined || octets === undefined) return undefined;
  if (kvno !== undefined && version === undefined) return undefined;
  // Some write 32 bits that are meant without a sign as a negative number.
  return { encryptionType, kvno: version === undefined ? undefined : version >>> 0, cipher: octets };
}

/** @param bytes decrypted; what padding would follow has no place with ciphertext stealing */
export function readTicketPart(bytes: Uint8Array): TicketPart | undefined {
  const fields = readFields(readDer(bytes), 3);
  const [flags, key, realm, name, transited, authTime, startTime, endTime, , , authorizationData] = fields ?? [];
  const read = {
    flags: readFlags(flags),
    sessionKey: readKey(key),
    client: readPrincipal(readString(realm), name),
    transited: readTransited(transited),
    authenticatedAt: readTime(authTime),
    endsAt: readTime(endTime),
  };
  const { flags: bits, sessionKey, client, transited: path, authenticatedAt, endsAt } = read;
  if (bits === undefined || sessionKey === undefined || client === undefined || path === undefined) return undefined;
  if (authenticatedAt === undefined || endsAt === undefined) return undefined;
  const startsAt = optional(startTime, readTime);
  if (startsAt === null) return undefined;
  return { flags: bits, sessionKey, client, transited: path, authenticatedAt, startsAt, endsAt, authorizationData };
}

/** `null` when it is there and cannot be read. */
function optional<T>(element: DerElement | undefined, read: (element: DerElement) => T | undefined) {
  if (element === undefined) return undefined;
  return read(element) ?? null;
}

function readTransited(element: DerElement | undefined): TicketPart['transited'] | undefined {
  const [type, contents] = readFields(element) ?? [];
  const number = readInteger(type);
  const octets = readOctets(contents);
  return number === undefined || octets === undefined ? undefined : { type: number, contents: octets };
}

function readKey(element: DerElement | undefined): EncryptionKey | undefined {
  const [type, value] = readFields(element) ?? [];
  const encryptionType = readInteger(type);
  const bytes = readOctets(value);
  return encryptionType === undefined || bytes === undefined ? undefined : { encryptionType, bytes };
}

/** @param bytes decrypted */
export function readAuthenticator(bytes: Uint8Array): Authenticator | undefined {
  const fields: Fields | undefined = readFields(readDer(bytes), 2);
  const [version, realm, name, sum, cusec, ctime, key, sequence] = fields ?? [];
  const client = readPrincipal(readString(realm), name);
  const checksum = optional(sum, readChecksum);
  const microseconds = readInteger(cusec);
  const secondAt = readTime(ctime);
  const subkey = optional(key, readKey);
  const number = optional(sequence, readInteger);
  if (readInteger(version) !== protocolVersion || client === undefined || secondAt === undefined) return undefined;
  if (microseconds === undefined || microseconds < 0 || microseconds > 999_999) return undefined;
  if (checksum === null || subkey === null || number === null) return undefined;
  const at = secondAt + Math.floor(microseconds / 1000);
  return { client, checksum, secondAt, microseconds, at, subkey, sequenceNumber: (number ?? 0) >>> 0 };
}

function readChecksum(element: DerElement): Authenticator['checksum'] {
  const [type, value] = readFields(element) ?? [];
  const number = readInteger(type);
  const bytes = readOctets(value);
  return number === undefined || bytes === undefined ? undefined : { type: number, bytes };
}

/** One element of AuthorizationData (RFC 4120 §5.2.6). */
export interface AuthorizationItem {
  readonly type: number;
  readonly data: Uint8Array;
}

/** More than any ticket has. */
const maxAuthorizationItems = 64;

export function readAuthorizationData(element: DerElement | undefined): readonly AuthorizationItem[] | undefined {
  const children = derChildren(element, derTags.sequence);
  if (children === undefined || children.length > maxAuthorizationItems) return undefined;
  const items: AuthorizationItem[] = [];
  for (const child of children) {
    const [type, data] = readFields(child) ?? [];
    const number = readInteger(type);
    const octets = readOctets(data);
    if (number === undefined || octets === undefined) return undefined;
    items.push({ type: number, data: octets });
  }
  return items;
}
