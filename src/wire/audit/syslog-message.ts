/** @module An audit event as a syslog message (RFC 5424). */
import type { AuditEvent } from '../../spi/audit.ts';
import { printable } from '../../spi/printable.ts';
import { type AuditRecord, asciiJson, recordOf } from './record.ts';

/** RFC 5424 §6.2.1, in the order of their numbers. */
export const syslogFacilities = [
  ...(['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'] as const),
  ...(['ntp', 'audit', 'alert', 'clock', 'local0', 'local1', 'local2', 'local3', 'local4', 'local5'] as const),
  ...(['local6', 'local7'] as const),
] as const;
export type SyslogFacility = (typeof syslogFacilities)[number];

export interface SyslogForm {
  readonly facility: SyslogFacility;
  readonly appName: string;
  readonly hostName: string;
  readonly processId: number;
  /** Of `gatehouse@…`; absent: no structured data. */
  readonly enterpriseNumber?: number;
  readonly maxBytes: number;
}

/** Informational and warning (RFC 5424 §6.2.1). */
const severities = { success: 6, failure: 4 } as const;
/** RFC 5424 §6.2: fields of the head are printable ASCII of limited length. */
const headLengths = { hostName: 255, appName: 48, type: 32 } as const;
/** What names are cut to, longest first, until the message fits. */
const textLengths = [1000, 200, 40] as const;
/** The fewest bytes that hold every field at its shortest, and what every receiver should take (RFC 5424 §6.1). */
export const leastSyslogBytes = 2048;

/**
 * The whole message without framing. The JSON after the head is pure ASCII, so it needs no byte order mark (§6.4) and is the
 * same whatever the receiver takes it for. Too long a message loses first the trace and the steps, then the ends of long texts;
 * it stays JSON, and `cut` names what it lost.
 */
export function buildSyslogMessage(event: AuditEvent, form: SyslogForm): string {
  const record = recordOf(event);
  const whole = message(record, [], form);
  if (whole.length <= form.maxBytes) return whole;
  const { trace, mapping, authorization, ...short } = record;
  const left = Object.entries({ trace, mapping, authorization }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  for (const length of textLengths) {
    const shortened: string[] = [];
    const entries = Object.entries(short).map(([name, value]) => {
      if (typeof value !== 'string' || value.length <= length) return [name, value];
      shortened.push(name);
      return [name, `${value.slice(0, length)}…`];
    });
    const text = message(Object.fromEntries(entries), [...left, ...shortened], form);
    if (text.length <= form.maxBytes) return text;
  }
  return message(pickOf(record), ['everything else'], form);
}

function pickOf({ time, id, at, type, outcome }: AuditRecord): Partial<AuditRecord> {
  return { time, id, at, type, outcome };
}

function message(record: Partial<AuditRecord>, cut: readonly string[], form: SyslogForm): string {
  const priority = syslogFacilities.indexOf(form.facility) * 8 + severities[record.outcome ?? 'failure'];
  const head = [
    `<${priority}>1`,
    record.time ?? '-',
    headField(form.hostName, headLengths.hostName),
    headField(form.appName, headLengths.appName),
    String(form.processId),
    headField(record.type ?? '', headLengths.type),
    form.enterpriseNumber === undefined ? '-' : structuredData(record, form.enterpriseNumber),
  ];
  const json = JSON.stringify(cut.length === 0 ? record : { ...record, cut });
  return `${head.join(' ')} ${asciiJson(json)}`;
}

function headField(text: string, length: number): string {
  return text.replaceAll(/[^\x21-\x7e]/g, '').slice(0, length) || '-';
}

const parameters = [
  'id',
  'outcome',
  'reason',
  'domain',
  'principal',
  'sourceAddress',
  'application',
  'decision',
] as const;

/** RFC 5424 §6.3: quotes, backslashes and closing brackets are escaped; what a terminal would obey is shown as what it is. */
function structuredData(record: Partial<AuditRecord>, enterpriseNumber: number): string {
  const written = parameters.flatMap((name) => {
    const value = record[name];
    return value === undefined ? [] : [`${name}="${asciiText(value).replaceAll(/["\\\]]/g, '\\$&')}"`];
  });
  return `[${[`gatehouse@${enterpriseNumber}`, ...written].join(' ')}]`;
}

/** Bytes are characters then, and every receiver shows the same. */
function asciiText(text: string): string {
  return printable(text).replaceAll(
    /[^\x20-\x7e]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
