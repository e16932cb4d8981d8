/** @module Text from outside as a line of a terminal or of a log may hold it. */

/**
 * Every character that is obeyed or hides instead of being shown, as `write` puts it: controls (Cc), format characters with
 * the direction marks among them (Cf), line and paragraph separators (Zl, Zp), lone surrogates (Cs).
 */
export function replaceUnprintable(text: string, write: (character: string) => string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, write);
}

/** One line that shows as what it is: such characters as `\u{…}`; what is longer than `maxLength` UTF-16 units ends in `…`. */
export function printable(text: string, maxLength = Number.POSITIVE_INFINITY): string {
  const shown = replaceUnprintable(
    text.slice(0, maxLength),
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return text.length > maxLength ? `${shown}…` : shown;
}
