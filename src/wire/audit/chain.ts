/** @module The chain of an audit file: each line vouches for itself and the one before it, under a key (ADR 0020). */
import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Secret } from '../../spi/secret.ts';

/** Where a chain stands: the number and the seal of its last record. */
export interface ChainLink {
  /** From 1. */
  readonly seq: number;
  readonly hash: string;
}

/** What a record knows of its place. */
export interface ChainPlace {
  readonly seq: number;
  /** The seal of the record before it; empty for the first. */
  readonly prev: string;
  /** SHA-256 in base64url of the line before it, which a crash cut off. */
  readonly torn?: string;
  /** There was no checkpoint to go on from, only the file itself. */
  readonly unchecked?: true;
}

export type ChainKey = Secret<Uint8Array | KeyObject>;

/** The same key for many records: Node makes an HMAC from a KeyObject at a sixth of what it costs from bytes. */
export function lastingKey(key: ChainKey): ChainKey {
  const bytes = key.reveal();
  return bytes instanceof Uint8Array ? new Secret(createSecretKey(bytes)) : key;
}

/** SHA-256 in base64url. */
const sealCharacters = 43;
const sealedEnd = /,"hash":"([A-Za-z0-9_-]{43})"\}$/;
const sealedEndBytes = `,"hash":"`.length + sealCharacters + `"}`.length;
/** Longer than any checkpoint; one write of this size is never half done but by the disk itself. */
export const checkpointBytes = 256;

/**
 * The line for a record (a JSON object that is not empty, as text): the place of the record and the HMAC-SHA-256 over
 * everything before it are added at its end.
 */
export function chainRecord(
  record: string,
  last: ChainLink,
  key: ChainKey,
  remark: { readonly torn?: string; readonly unchecked?: true } = {},
): { readonly line: string; readonly link: ChainLink } {
  const place: ChainPlace = { seq: last.seq + 1, prev: last.hash, ...remark };
  const covered = `${record.slice(0, -1)},"chain":${JSON.stringify(place)}`;
  const hash = seal(covered, key);
  return { line: `${covered},"hash":"${hash}"}`, link: { seq: place.seq, hash } };
}

export type ReadLine =
  | {
      readonly status: 'sealed';
      readonly place: ChainPlace;
      readonly hash: string;
      /** When it happened, milliseconds since the epoch; absent where the record does not say. */
      readonly at?: number;
    }
  /** Not of the form of a chained record. */
  | { readonly status: 'foreign' }
  /** Of that form, and not what was sealed. */
  | { readonly status: 'broken' };

const placeSchema = z.strictObject({
  seq: z.int().min(1),
  prev: z.string(),
  torn: z.string().optional(),
  unchecked: z.literal(true).optional(),
});
const lineSchema = z.looseObject({ at: z.unknown().optional(), chain: placeSchema });

/** A line without its line feed. In bytes: text would take bytes that are no UTF-8 for others. */
export function readChained(line: Buffer, key: ChainKey): ReadLine {
  const found = sealedEnd.exec(line.subarray(-sealedEndBytes).toString('latin1'));
  if (found === null) return { status: 'foreign' };
  const [end, hash = ''] = found;
  if (!isSame(hash, seal(line.subarray(0, -end.length), key))) return { status: 'broken' };
  const parsed = lineSchema.safeParse(jsonOf(line.toString('utf8')));
  if (!parsed.success) return { status: 'broken' };
  const { at } = parsed.data;
  const { seq, prev, torn, unchecked } = parsed.data.chain;
  const place = {
    seq,
    prev,
    ...(torn === undefined ? {} : { torn }),
    ...(unchecked === undefined ? {} : { unchecked }),
  };
  return { status: 'sealed', place, hash, ...(typeof at === 'number' ? { at } : {}) };
}

/** Names a line that is no record, for the record that follows it. */
export function fingerprint(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('base64url');
}

/** How far a chain has come, and the number of its oldest record that has to be there. */
export interface Checkpoint {
  readonly first: number;
  readonly last: ChainLink;
}

/** Of `checkpointBytes` bytes: it is written over itself. */
export function buildCheckpoint({ first, last }: Checkpoint, key: ChainKey): string {
  const covered = JSON.stringify({ first, seq: last.seq, hash: last.hash });
  return `${`${covered} ${seal(`checkpoint ${covered}`, key)}`.padEnd(checkpointBytes - 1)}\n`;
}

const checkpointSchema = z.strictObject({ first: z.int().min(1), seq: z.int().min(0), hash: z.string() });

/** `undefined`: it is not whole, or not made with this key. */
export function readCheckpoint(text: string, key: ChainKey): Checkpoint | undefined {
  const trimmed = text.trimEnd();
  const [covered, given] = [trimmed.slice(0, -sealCharacters - 1), trimmed.slice(-sealCharacters)];
  if (!isSame(given, seal(`checkpoint ${covered}`, key))) return undefined;
  const parsed = checkpointSchema.safeParse(jsonOf(covered));
  if (!parsed.success) return undefined;
  const { first, seq, hash } = parsed.data;
  return { first, last: { seq, hash } };
}

function seal(covered: string | Uint8Array, key: ChainKey): string {
  return createHmac('sha256', key.reveal()).update(covered).digest('base64url');
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
