/** @module The query of an address as it arrived: signatures are over its octets. */

/** Without its question mark; empty where there is none. */
export function queryOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}
