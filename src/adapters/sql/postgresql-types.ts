/** @module PostgreSQL's text form of a value as a value of ours: numbers, truth values and bytes; everything else stays text. */
import type { SqlValue } from '../../spi/datasource.ts';

const asText = (text: string): SqlValue => text;

/** By type OID (pg_type.dat). */
const parsers: ReadonlyMap<number, (text: string) => SqlValue> = new Map([
  [16, (text: string): SqlValue => text === 't'],
  [17, (text: string): SqlValue => bytesOf(text)],
  [20, (text: string): SqlValue => BigInt(text)],
  [21, Number],
  [23, Number],
  [26, Number],
  [700, Number],
  [701, Number],
]);

/** `\x` and hexadecimal digits: the form that `bytea_output` has had as its default since PostgreSQL 9.0. */
function bytesOf(text: string): SqlValue {
  return text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex') : text;
}

export function parserOf(oid: number): (text: string) => SqlValue {
  return parsers.get(oid) ?? asText;
}
