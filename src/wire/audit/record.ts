/** @module An audit event as one line of JSON that shows as what it is. */
import type { AuditEvent } from '../../spi/audit.ts';

/** An event as it is written: the time in words first, for readers. */
export type AuditRecord = { readonly time: string } & AuditEvent;

/**
 * One record as text that has no line break and shows as what it is: besides JSON's own escapes those characters are
 * escaped that some reader takes for a line end (U+0085, U+2028, U+2029), that a terminal obeys (DEL, C1), that turn
 * the order of what is shown (bidirectional controls) or that hide (every other format character).
 */
export function buildAuditRecord(event: AuditEvent): string {
  return escapeUnprintable(JSON.stringify(recordOf(event)));
}

/** The same JSON in printable ASCII, for readers that take nothing else for granted. */
export function asciiJson(json: string): string {
  return json.replace(/[^\x20-\x7e]+/g, escaped);
}

function escapeUnprintable(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => escaped(character));
}

/** Each UTF-16 unit as JSON escapes it. */
function escaped(text: string): string {
  return Array.from({ length: text.length }, (_, index) => {
    return `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}

/** Field by field: what is not in the contract of an audit event is not written, whatever the object carries. */
export function recordOf(event: AuditEvent): AuditRecord {
  const { id, at, type, node, outcome, reason, domain, principal, sourceAddress, application, path } = event;
  const { key, decision, mapping, authorization, trace } = event;
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
    ...(key === undefined ? {} : { key }),
    ...(decision === undefined ? {} : { decision }),
    ...(mapping === undefined ? {} : { mapping }),
    ...(authorization === undefined ? {} : { authorization }),
    ...(trace === undefined ? {} : { trace }),
  };
}
