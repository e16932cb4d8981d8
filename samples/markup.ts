/** @module Markup with everything escaped that goes into it. */

/** `<`, `>`, `&` and both quotes as character references: for element content and quoted attribute values. */
function escaped(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A template whose values are texts, never markup. */
export function markup(parts: TemplateStringsArray, ...texts: readonly string[]): string {
  return String.raw({ raw: parts }, ...texts.map(escaped));
}
