/** @module The lexical forms of SAML's simple types (XML Schema part 2 §3.2; saml-core §1.3). */

const dateTime =
  /^[ \t\n]*(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,20}))?(?:Z|([+-])(\d\d):(\d\d))[ \t\n]*$/;

/**
 * Milliseconds since the epoch of an `xs:dateTime`; finer fractions are cut off. `undefined` when it is not one, names a day
 * that does not exist, or has no zone: saml-core §1.3.3 wants UTC, and guessing a zone would move every time limit.
 */
export function parseInstant(text: string): number | undefined {
  const parts = dateTime.exec(text);
  if (parts === null) return undefined;
  const number = (index: number): number => Number(parts[index] ?? 0);
  const [year, month, day] = [number(1), number(2), number(3)];
  const [hour, minute, second] = [number(4), number(5), number(6)];
  const [zoneHour, zoneMinute] = [number(9), number(10)];
  const ms = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  if (hour > 23 || minute > 59 || second > 59 || zoneMinute > 59 || zoneHour * 60 + zoneMinute > 14 * 60)
    return undefined;
  const local = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const date = new Date(local);
  // Date.UTC takes 31 February for 2 or 3 March, and the years 0 to 99 for 1900 and later.
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offset = (zoneHour * 60 + zoneMinute) * 60_000;
  return parts[8] === '-' ? local + offset : local - offset;
}

/** saml-core §1.3.3: UTC, with the zone Z. */
export function formatInstant(at: number): string {
  return new Date(at).toISOString();
}

/** `undefined` when it is not an `xs:boolean`. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.trim();
  if (word === 'true' || word === '1') return true;
  return word === 'false' || word === '0' ? false : undefined;
}

/** `undefined` when it is not an `xs:unsignedShort`, which SAML's endpoint indexes are. */
export function parseUnsignedShort(text: string): number | undefined {
  const digits = text.trim();
  if (!/^\+?[0-9]{1,10}$/.test(digits)) return undefined;
  const value = Number(digits);
  return value <= 65_535 ? value : undefined;
}
