/** @module Audit provider File: one JSON record a line. */
import { z } from 'zod';
import { type AuditEvent, defineAuditProvider } from '../../spi/audit.ts';
import { optionFlag, optionText } from '../../spi/option-values.ts';

const options = z.strictObject({
  path: optionText.default('audit.jsonl').describe('The file, relative to the folder `log` of the home.'),
  durable: optionFlag
    .default(false)
    .describe(
      'Wait until the disk has each record (fsync). Otherwise the operating system has it, which outlives the process.',
    ),
});

export const fileAudit = defineAuditProvider({
  code: 'File',
  summary: 'JSON records in a file, one a line.',
  options,
  async create({ path, durable }, services) {
    const file = await services.appendOnly(path, { durable });
    return {
      record: (event) => file.append(buildAuditLine(event)),
      close: () => file.close(),
    };
  },
});

/**
 * One record as text that has no line break and shows as what it is: besides JSON's own escapes those characters are
 * escaped that some reader takes for a line end (U+0085, U+2028, U+2029), that a terminal obeys (DEL, C1) or that turn
 * the order of what is shown (bidirectional controls).
 */
export function buildAuditLine(event: AuditEvent): string {
  return JSON.stringify(recordOf(event)).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Field by field: what is not in the contract of an audit event is not written, whatever the object carries. */
function recordOf(event: AuditEvent): AuditEvent & { readonly time: string } {
  const { id, at, type, node, outcome, reason, domain, principal, sourceAddress, application, path } = event;
  const { decision, authorization, trace } = event;
  return {
    time: new Date(at).toISOString(),
    id,
    at,
    type,
    node,
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(domain === undefined ? {} : { domain }),
    ...(principal === undefined ? {} : { principal }),
    ...(sourceAddress === undefined ? {} : { sourceAddress }),
    ...(application === undefined ? {} : { application }),
    ...(path === undefined ? {} : { path }),
    ...(decision === undefined ? {} : { decision }),
    ...(authorization === undefined ? {} : { authorization }),
    ...(trace === undefined ? {} : { trace }),
  };
}
