/** @module Characters: which ones XML has, how references stand for them, and how canonical XML writes them (xml-c14n §2.3). */
import { GatehouseError } from '../../spi/errors.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be found.
const forbiddenCharacter = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/** XML 1.0 §2.2 Char, for every character of the text. */
export function isXmlText(text: string): boolean {
  return !forbiddenCharacter.test(text) && text.isWellFormed();
}

/** Where the first character is that XML has not; `undefined` where all are good. */
export function forbiddenCharacterAt(text: string): number | undefined {
  if (isXmlText(text)) return undefined;
  const at = text.search(forbiddenCharacter);
  const surrogate = text.isWellFormed() ? -1 : text.search(/\p{Cs}/u);
  return Math.min(...[at, surrogate].filter((place) => place >= 0));
}

const referencePattern = /&(?:(lt|gt|amp|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6})|([^;&<\s]{1,64}));|&/g;

/**
 * Expands character references and the five predefined entities. `from`: where the text stands in the document.
 * @throws ERR_XML_FORBIDDEN for any other entity, ERR_XML_MALFORMED for a bare ampersand or a forbidden character.
 */
export function expandReferences(text: string, from = 0): string {
  if (!text.includes('&')) return text;
  return text.replace(
    referencePattern,
    (_match, name?: string, decimal?: string, hex?: string, entity?: string, at = 0) => {
      switch (name) {
        case 'lt':
          return '<';
        case 'gt':
          return '>';
        case 'amp':
          return '&';
        case 'quot':
          return '"';
        case 'apos':
          return "'";
      }
      const facts = { offset: from + at };
      if (entity !== undefined && !entity.startsWith('#')) {
        throw new GatehouseError('ERR_XML_FORBIDDEN', 'Entities other than the five predefined ones are refused', {
          facts,
        });
      }
      const code =
        decimal !== undefined ? Number.parseInt(decimal, 10) : hex !== undefined ? Number.parseInt(hex, 16) : -1;
      if (code < 0 || code > 0x10ffff || !isXmlText(String.fromCodePoint(code))) {
        throw new GatehouseError('ERR_XML_MALFORMED', 'A reference is not well formed', { facts });
      }
      return String.fromCodePoint(code);
    },
  );
}

/** Text in canonical form. */
export function escapeText(text: string): string {
  if (!/[&<>\r]/.test(text)) return text;
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;');
}

/** An attribute value in canonical form, without its quotation marks. */
export function escapeAttribute(value: string): string {
  if (!/[&<"\t\n\r]/.test(value)) return value;
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#x9;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\r', '&#xD;');
}
