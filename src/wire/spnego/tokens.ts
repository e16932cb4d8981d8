/** @module SPNEGO: NegTokenInit, NegTokenInit2 and NegTokenResp (RFC 4178 §4.2, MS-SPNG §2.2.1), and NTLM where it comes instead. */
import { contextExplicit, objectIdentifier, octetString } from '../der.ts';
import { type DerElement, derChildren, derObjectIdentifier, derTags, readDer } from '../der-reader.ts';
import { readFields, readOctets, writeFields } from '../kerberos/fields.ts';
import { firstTokenTag, mechanisms, startsWith } from '../kerberos/gss.ts';

export interface NegTokenInit {
  readonly kind: 'init';
  /** Dotted, as the client prefers them. */
  readonly mechanisms: readonly string[];
  /** The list as it was encoded: what a mechListMIC is taken over. */
  readonly mechanismList: Uint8Array;
  /** For the first mechanism of the list. */
  readonly token: Uint8Array | undefined;
  readonly mic: Uint8Array | undefined;
}

export interface NegTokenResponse {
  readonly kind: 'response';
  readonly token: Uint8Array | undefined;
  readonly mic: Uint8Array | undefined;
}

const initTag = 0xa0;
const responseTag = 0xa1;
const enumerated = 0x0a;
const spnegoMechanism = objectIdentifier(mechanisms.spnego);
/** Every client has less than ten. */
const maxMechanisms = 32;

/** `undefined`: it is no SPNEGO. `broken`: it begins as SPNEGO and cannot be read. */
export function readNegotiation(bytes: Uint8Array): NegTokenInit | NegTokenResponse | 'broken' | undefined {
  if (bytes[0] === responseTag) return readResponse(readDer(bytes)) ?? 'broken';
  if (bytes[0] !== firstTokenTag) return undefined;
  const frame = readDer(bytes);
  if (frame === undefined) return 'broken';
  if (!startsWith(frame.contents, spnegoMechanism)) return undefined;
  return readInit(readDer(frame.contents.subarray(spnegoMechanism.length))) ?? 'broken';
}

function readInit(element: DerElement | undefined): NegTokenInit | undefined {
  if (element?.tag !== initTag) return undefined;
  const [list, , token, fourth, fifth] = readFields(readDer(element.contents)) ?? [];
  const identifiers = derChildren(list, derTags.sequence);
  if (list === undefined || identifiers === undefined || identifiers.length > maxMechanisms) return undefined;
  const names = identifiers.map(derObjectIdentifier).filter((name) => name !== undefined);
  if (names.length === 0 || names.length !== identifiers.length) return undefined;
  // [3] is mechListMIC, or in NegTokenInit2 negHints, a sequence, with mechListMIC after it.
  const check = fourth?.tag === derTags.sequence ? fifth : fourth;
  const [read, mic] = [optionalOctets(token), optionalOctets(check)];
  if (read === null || mic === null) return undefined;
  return { kind: 'init', mechanisms: names, mechanismList: list.whole, token: read, mic };
}

function readResponse(element: DerElement | undefined): NegTokenResponse | undefined {
  if (element?.tag !== responseTag) return undefined;
  const fields = readFields(readDer(element.contents));
  if (fields === undefined) return undefined;
  const [, , token, check] = fields;
  const [read, mic] = [optionalOctets(token), optionalOctets(check)];
  return read === null || mic === null ? undefined : { kind: 'response', token: read, mic };
}

function optionalOctets(element: DerElement | undefined): Uint8Array | undefined | null {
  return element === undefined ? undefined : (readOctets(element) ?? null);
}

const states = { completed: 0, incomplete: 1, reject: 2, requestMic: 3 } as const;

export interface ResponseParts {
  readonly state: keyof typeof states;
  /** DER. In the first response only. */
  readonly mechanism?: Uint8Array;
  readonly token?: Uint8Array | undefined;
  readonly mic?: Uint8Array | undefined;
}

export function writeResponse({ state, mechanism, token, mic }: ResponseParts): Uint8Array {
  const octets = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : octetString(bytes));
  const number = Uint8Array.of(enumerated, 1, states[state]);
  return contextExplicit(1, writeFields([number, mechanism, octets(token), octets(mic)]));
}

const ntlmSignature = new TextEncoder().encode('NTLMSSP\0');

/** The token of NTLM without any wrapping, as Windows sends it to a server that it has no ticket for (MS-NLMP §2.2.1). */
export function isNtlm(bytes: Uint8Array): boolean {
  return startsWith(bytes, ntlmSignature);
}
