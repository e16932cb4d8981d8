/** @module Finds records in an audit file without reading it into memory. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AuditEvent } from '../spi/audit.ts';
import { GatehouseError } from '../spi/errors.ts';
import { parseAuditRecord } from '../wire/audit/record-schema.ts';

/**
 * The event with this id or with a trace of this decision id; the last one where there are many. Lines that do not hold the
 * id are passed over unparsed. `undefined`: no such record. @throws ERR_STORE_UNAVAILABLE when the file cannot be read.
 */
export async function findAuditEvent(path: string, id: string): Promise<AuditEvent | undefined> {
  let found: AuditEvent | undefined;
  for await (const { event } of auditRecords(path, id)) {
    if (event.id === id || event.trace?.id === id) found = event;
  }
  return found;
}

/** Every record of a file with its line, in its order; of lines that do not hold `text` none. @throws ERR_STORE_UNAVAILABLE */
export async function* auditRecords(
  path: string,
  text = '',
): AsyncGenerator<{ readonly event: AuditEvent; readonly line: string }> {
  const input = createReadStream(path, 'utf8');
  await new Promise<void>((resolve, reject) => {
    input.once('open', () => resolve());
    input.once('error', (cause) =>
      reject(new GatehouseError('ERR_STORE_UNAVAILABLE', 'the audit file cannot be read', { cause, facts: { path } })),
    );
  });
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (!line.includes(text)) continue;
    const event = parseAuditRecord(line);
    if (event !== undefined) yield { event, line };
  }
}

/** Every audit file below a folder, sorted. @throws ERR_STORE_UNAVAILABLE when the folder cannot be read. */
export async function auditFiles(folder: string): Promise<readonly string[]> {
  try {
    const found = await readdir(folder, { recursive: true });
    return found
      .filter((path) => path.endsWith('.jsonl'))
      .sort()
      .map((path) => join(folder, path));
  } catch (cause) {
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the log folder cannot be read', { cause, facts: { folder } });
  }
}
