/** @module Tickets and tokens made with a service's key, without a KDC: right ones, and wrong ones of every kind. */
import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '../../src/spi/secret.ts';
import { contextExplicit, namedBits, objectIdentifier, octetString, sequence } from '../../src/wire/der.ts';
import { encryptionType } from '../../src/wire/kerberos/encryption-types.ts';
import { writeApplication, writeFields, writeInteger, writeString, writeTime } from '../../src/wire/kerberos/fields.ts';
import { kerberosMechanism, mechanisms } from '../../src/wire/kerberos/gss.ts';
import { createKerberosKey, type KerberosKey, keyUsages } from '../../src/wire/kerberos/key.ts';
import { parsePrincipal, writePrincipal } from '../../src/wire/kerberos/principal.ts';

export interface Mint {
  readonly now: number;
  readonly serviceKey: Uint8Array;
  readonly enctype?: number;
  /** What the ticket says; the key is used whatever the type says. */
  readonly namedEnctype?: number;
  readonly kvno?: number | undefined;
  readonly service?: string;
  readonly client?: string;
  readonly authenticatorClient?: string;
  /** From `now`. */
  readonly startsInMs?: number;
  readonly endsInMs?: number;
  readonly authenticatorAheadMs?: number;
  readonly ticketFlags?: readonly number[];
  readonly options?: readonly number[];
  readonly transited?: string;
  readonly transitedType?: number;
  readonly authorizationData?: Uint8Array;
  readonly sessionKey?: Uint8Array;
  readonly sessionType?: number;
  readonly subkey?: { readonly type: number; readonly bytes: Uint8Array };
  readonly sequenceNumber?: number;
  readonly gssFlags?: number;
  readonly bindings?: Uint8Array;
  /** `none` leaves it out. */
  readonly checksumType?: number | 'none';
  readonly authenticatorUsage?: number;
}

export interface Minted {
  /** AP-REQ. */
  readonly message: Uint8Array;
  readonly sessionKey: KerberosKey;
}

const keyOf = (id: number, bytes: Uint8Array) => createKerberosKey(encryptionType(id)!, new Secret(bytes));
const confounder = () => randomBytes(16);
const keyField = (type: number, bytes: Uint8Array) => writeFields([writeInteger(type), octetString(bytes)]);
/** Flag 31 keeps all 32 bits there. */
const flagBits = (flags: readonly number[]) => {
  const bits = namedBits([...flags, 31]);
  return flags.includes(31) ? bits : Buffer.from([...bits.subarray(0, -1), (bits.at(-1) ?? 0) & 0xfe]);
};
const name = (text: string) => {
  const principal = parsePrincipal(text)!;
  return [writeString(principal.realm), writePrincipal(principal)] as const;
};

export function mint(options: Mint): Minted {
  const { now, serviceKey, enctype = 18, sessionType = enctype, client = 'hnelson@EXAMPLE.COM' } = options;
  const sessionBytes = options.sessionKey ?? randomBytes(encryptionType(sessionType)?.keyBytes ?? 16);
  // What is no key for us still needs an authenticator around it.
  const usable = encryptionType(sessionType)?.keyBytes === sessionBytes.length;
  const usedType = usable ? sessionType : 17;
  const sessionKey = keyOf(usedType, usable ? sessionBytes : randomBytes(16));
  const part = writeApplication(
    3,
    writeFields([
      flagBits(options.ticketFlags ?? []),
      keyField(sessionType, sessionBytes),
      ...name(client),
      writeFields([writeInteger(options.transitedType ?? 1), octetString(Buffer.from(options.transited ?? ''))]),
      writeTime(now - 60_000),
      writeTime(now + (options.startsInMs ?? -60_000)),
      writeTime(now + (options.endsInMs ?? 3_600_000)),
      ...[undefined, undefined, options.authorizationData],
    ]),
  );
  const cipher = keyOf(enctype, serviceKey).encrypt(keyUsages.ticket, part, confounder());
  const kvno = 'kvno' in options ? options.kvno : 2;
  const encrypted = (type: number, bytes: Uint8Array, version?: number) =>
    writeFields([writeInteger(type), version === undefined ? undefined : writeInteger(version), octetString(bytes)]);
  const ticket = writeApplication(
    1,
    writeFields([
      writeInteger(5),
      ...name(options.service ?? 'HTTP/localhost@EXAMPLE.COM'),
      encrypted(options.namedEnctype ?? enctype, cipher, kvno),
    ]),
  );
  const authenticator = sessionKey.encrypt(
    options.authenticatorUsage ?? keyUsages.authenticator,
    writeAuthenticator(options, client),
    confounder(),
  );
  const message = writeApplication(
    14,
    writeFields([
      ...[writeInteger(5), writeInteger(14), flagBits(options.options ?? [])],
      ...[ticket, encrypted(usedType, authenticator)],
    ]),
  );
  return { message, sessionKey };
}

function writeAuthenticator(options: Mint, client: string): Uint8Array {
  const { now, authenticatorAheadMs = 0, checksumType = 0x8003, subkey } = options;
  const at = now + authenticatorAheadMs;
  const checksum = Buffer.alloc(24);
  checksum.writeUInt32LE(16, 0);
  checksum.set(options.bindings ?? Buffer.alloc(16), 4);
  checksum.writeUInt32LE(options.gssFlags ?? 32, 20);
  return writeApplication(
    2,
    writeFields([
      writeInteger(5),
      ...name(options.authenticatorClient ?? client),
      checksumType === 'none' ? undefined : writeFields([writeInteger(checksumType), octetString(checksum)]),
      ...[writeInteger((at % 1000) * 1000), writeTime(at)],
      subkey === undefined ? undefined : keyField(subkey.type, subkey.bytes),
      writeInteger(options.sequenceNumber ?? 4711),
    ]),
  );
}

/** The frame of RFC 4121 §4.1. */
export function bareToken(message: Uint8Array, mechanism: Uint8Array = kerberosMechanism): Buffer {
  return framed(Buffer.concat([mechanism, Uint8Array.of(1, 0), message]));
}

export function framed(contents: Uint8Array): Buffer {
  const bytes = Buffer.from(octetString(contents));
  bytes[0] = 0x60;
  return bytes;
}

export interface InitParts {
  readonly mechanisms?: readonly string[];
  readonly token?: Uint8Array | undefined;
  readonly mic?: Uint8Array | undefined;
  /** NegTokenInit2 (MS-SPNG §2.2.1). */
  readonly hints?: boolean;
}

export const mechanismListOf = (names: readonly string[]) => sequence(...names.map(objectIdentifier));

export function spnegoInit({
  mechanisms: names = [mechanisms.kerberos],
  token,
  mic,
  hints = false,
}: InitParts): Buffer {
  const octets = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : octetString(bytes));
  const hint = writeFields([writeString('not_defined_in_RFC4178@please_ignore')]);
  const fields = writeFields([
    ...[mechanismListOf(names), undefined, octets(token)],
    ...(hints ? [hint, octets(mic)] : [octets(mic)]),
  ]);
  return framed(Buffer.concat([objectIdentifier(mechanisms.spnego), contextExplicit(0, fields)]));
}

/** The struct that RFC 4121 §4.1.1.2 hashes, for a channel without addresses. */
export function bindingsOf(applicationData: Uint8Array): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt32LE(applicationData.length, 16);
  return createHash('md5').update(head).update(applicationData).digest();
}
