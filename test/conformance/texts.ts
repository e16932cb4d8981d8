/** @module Texts that a store has to give back as they are, each with a name. (Lone surrogates are no Unicode text.) */
export const texts: readonly (readonly [name: string, text: string])[] = [
  ['the empty text', ''],
  ['accents, composed and decomposed', 'Zo\u00eb, Zoe\u0308'],
  ['characters beyond the first plane', '\u{1f469}\u200d\u{1f680} \u{20000}'],
  ['right-to-left text with direction marks', '\u202e\u05d0\u05d1\u2066x\u2069'],
  ['NUL and other control characters', 'a\u0000b\u001b[2J\u007f'],
  ['line and paragraph separators', 'a\r\nb\u2028c\u2029d'],
  ['quotes, braces and backslashes', '"{\\}\'`$x'],
  ['noncharacters and a byte order mark', '\ufeff\uffff'],
];
