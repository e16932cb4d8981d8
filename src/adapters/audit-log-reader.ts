/** @module Finds records in an audit file without reading it into memory. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { AuditEvent } from '../spi/audit.ts';
import { GatehouseError } from '../spi/errors.ts';
import { parseAuditRecord } from '../wire/audit/record-schema.ts';
import { isSystemError } from './system-error.ts';

/** A record has a trace of at most 32 modules; what is longer was not written by us, and would have to fit into memory. */
const maxLineCharacters = 4 * 1024 * 1024;

export interface FoundEvent {
  readonly event: AuditEvent;
  /** The first records that follow from it: refused requests, sessions. */
  readonly followers: readonly AuditEvent[];
}

const maxFollowers = 10;

/**
 * The event with this id or with a trace of this decision id, in the first file that has it; the last one where there are
 * many. Lines that do not hold the id are passed over unparsed. `undefined`: no such record.
 * @throws ERR_STORE_UNAVAILABLE when a file cannot be read.
 */
export async function findAuditEvent(paths: readonly string[], id: string): Promise<FoundEvent | undefined> {
  let found: AuditEvent | undefined;
  const followers: AuditEvent[] = [];
  for (const path of paths) {
    for await (const line of auditLines(path)) {
      if (!line.includes(id)) continue;
      const event = parseAuditRecord(line);
      if (event === undefined) continue;
      if (event.id === id || event.trace?.id === id) found = event;
      else if (event.decision === id && followers.length < maxFollowers) followers.push(event);
    }
  }
  return found === undefined ? undefined : { event: found, followers };
}

/** The lines of a file, one at a time; `.gz` is unpacked on the way. @throws ERR_STORE_UNAVAILABLE when it cannot be read */
export async function* auditLines(path: string): AsyncGenerator<string> {
  const unreadable = (cause: unknown) =>
    new GatehouseError('ERR_STORE_UNAVAILABLE', 'the audit file cannot be read', { cause, facts: { path } });
  const file = createReadStream(path);
  const unpacked = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => unpacked.destroy(error));
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > maxLineCharacters) rest = '';
      yield* lines;
    }
  } catch (error) {
    throw isSystemError(error) || isPackingError(error) ? unreadable(error) : error;
  } finally {
    file.destroy();
  }
  if (rest !== '') yield rest;
}

/** What zlib says of a file that is not what its name says, or was cut off. */
function isPackingError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

/** Every record of a file with its line, in its order. @throws ERR_STORE_UNAVAILABLE */
export async function* auditRecords(
  path: string,
): AsyncGenerator<{ readonly event: AuditEvent; readonly line: string }> {
  for await (const line of auditLines(path)) {
    const event = parseAuditRecord(line);
    if (event !== undefined) yield { event, line };
  }
}

/** Every audit file below a folder, sorted. @throws ERR_STORE_UNAVAILABLE when the folder cannot be read. */
export async function auditFiles(folder: string): Promise<readonly string[]> {
  try {
    const found = await readdir(folder, { recursive: true });
    return found
      .filter((path) => /\.jsonl(\.gz)?$/.test(path))
      .sort()
      .map((path) => join(folder, path));
  } catch (cause) {
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the log folder cannot be read', { cause, facts: { folder } });
  }
}
