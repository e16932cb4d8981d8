/** @module LDAP search filters as text: escaping, templates with `{0}`, and a strict reader (RFC 4515). */
import { GatehouseError } from '../../spi/errors.ts';

export type LdapFilter =
  | { readonly kind: 'and' | 'or'; readonly of: readonly LdapFilter[] }
  | { readonly kind: 'not'; readonly of: LdapFilter }
  | { readonly kind: 'present'; readonly attribute: string }
  | {
      readonly kind: 'equal' | 'at-least' | 'at-most' | 'approximate';
      readonly attribute: string;
      readonly value: Uint8Array;
    }
  /** Parts between the asterisks; the first and the last may be empty. */
  | { readonly kind: 'substring'; readonly attribute: string; readonly parts: readonly Uint8Array[] }
  /** `attribute` is empty where the rule names all attributes that it fits. */
  | {
      readonly kind: 'matching-rule';
      readonly attribute: string;
      readonly rule: string | undefined;
      readonly dnAttributes: boolean;
      readonly value: Uint8Array;
    };

/** A name of the longest kind, every character escaped, twice in a filter, has 18 kB. */
const maxFilterLength = 32_768;
/** Nobody writes deeper; a recursion must end before the stack does. */
const maxFilterDepth = 32;

const special = /[\\*()\0]/g;

/** A value for the place of a value: no character of it is syntax (RFC 4515 §3). Other characters stand as they are, in UTF-8. */
export function escapeFilterValue(value: string): string {
  return value.replace(special, (character) => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** The same for bytes, such as an objectSid. */
export function escapeFilterBytes(value: Uint8Array): string {
  return Array.from(value, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}

/** `{0}`, `{1}` … of a template replaced by escaped values (jboss-facts §2.4). Text that a value brings is not looked at again. */
export function fillFilter(template: string, values: readonly string[]): string {
  return template.replace(/\{(\d+)\}/g, (written, index: string) => {
    const value = values[Number(index)];
    return value === undefined ? written : escapeFilterValue(value);
  });
}

/** What is wrong with a template that may use `{0}` to `{places - 1}`; `undefined`: nothing. For an option's schema. */
export function filterTemplateProblem(template: string, places: number): string | undefined {
  for (const [written, index] of template.matchAll(/\{(\d+)\}/g)) {
    if (Number(index) >= places) return `${written} stands for nothing here`;
  }
  try {
    parseFilter(
      fillFilter(
        template,
        Array.from({ length: places }, () => 'x'),
      ),
    );
    return undefined;
  } catch (error) {
    if (error instanceof GatehouseError) return error.message;
    throw error;
  }
}

/** @throws ERR_CONFIG_INVALID: a filter is written by an administrator; a name in it is escaped and cannot break it. */
export function parseFilter(text: string): LdapFilter {
  if (text.length > maxFilterLength) throw malformed('the filter is too long', maxFilterLength);
  // JNDI takes a filter without its outer parentheses.
  const whole = text.trim().startsWith('(') ? text.trim() : `(${text.trim()})`;
  const { filter, end } = parseAt(whole, 0, 0);
  if (end !== whole.length) throw malformed('something follows the filter', end);
  return filter;
}

function malformed(message: string, offset: number): GatehouseError {
  return new GatehouseError('ERR_CONFIG_INVALID', `not an LDAP filter: ${message}`, { facts: { offset } });
}

interface Parsed {
  readonly filter: LdapFilter;
  /** Behind the closing parenthesis and white space. */
  readonly end: number;
}

function parseAt(text: string, start: number, depth: number): Parsed {
  if (depth > maxFilterDepth) throw malformed('it is nested too deeply', start);
  if (text[start] !== '(') throw malformed('a parenthesis is missing', start);
  const operator = text[start + 1];
  if (operator === '&' || operator === '|' || operator === '!') {
    const of: LdapFilter[] = [];
    let at = skipSpace(text, start + 2);
    while (text[at] === '(') {
      const inner = parseAt(text, at, depth + 1);
      of.push(inner.filter);
      at = inner.end;
    }
    const [first] = of;
    if (text[at] !== ')' || first === undefined || (operator === '!' && of.length !== 1)) {
      throw malformed(`the parts of ${operator} are not complete filters`, at);
    }
    const end = skipSpace(text, at + 1);
    if (operator === '!') return { filter: { kind: 'not', of: first }, end };
    return { filter: { kind: operator === '&' ? 'and' : 'or', of }, end };
  }
  const close = text.indexOf(')', start);
  if (close === -1) throw malformed('a parenthesis is not closed', start);
  return { filter: parseItem(text.slice(start + 1, close), start + 1), end: skipSpace(text, close + 1) };
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t' || text[at] === '\r') at += 1;
  return at;
}

const item = /^\s*([A-Za-z0-9][A-Za-z0-9.;-]*|)((?::[A-Za-z0-9.-]+)*)\s*(:=|~=|>=|<=|=)([\s\S]*)$/;
const comparisons = { '~=': 'approximate', '>=': 'at-least', '<=': 'at-most' } as const;

function parseItem(text: string, offset: number): LdapFilter {
  const match = item.exec(text);
  const [, attribute = '', rules = '', operator, written = ''] = match ?? [];
  if (match === null || (operator !== ':=' && (attribute === '' || rules !== ''))) {
    throw malformed('it has no attribute and comparison', offset);
  }
  if (operator === ':=') {
    const [first, ...names] = rules.split(':').slice(1);
    const dnAttributes = first?.toLowerCase() === 'dn';
    const rule = dnAttributes ? names[0] : first;
    const tooMany = names.length > (dnAttributes ? 1 : 0);
    if (tooMany || (attribute === '' && rule === undefined)) throw malformed('it names no one matching rule', offset);
    return { kind: 'matching-rule', attribute, rule, dnAttributes, value: unescaped(written, offset) };
  }
  if (operator === '=' && written === '*') return { kind: 'present', attribute };
  if (operator === '=' && written.includes('*')) {
    const parts = written.split('*').map((part) => unescaped(part, offset));
    return { kind: 'substring', attribute, parts };
  }
  const kind = operator === '~=' || operator === '>=' || operator === '<=' ? comparisons[operator] : 'equal';
  return { kind, attribute, value: unescaped(written, offset) };
}

/** RFC 4515 §3: `\XX` is one byte; the rest is UTF-8. */
function unescaped(written: string, offset: number): Uint8Array {
  if (/[(*\0]|\\(?![0-9A-Fa-f]{2})/.test(written)) throw malformed('a value holds what must be escaped', offset);
  const parts = written.split(/(\\[0-9A-Fa-f]{2})/);
  return Buffer.concat(
    parts.map((part) =>
      part.startsWith('\\') ? Buffer.from([Number.parseInt(part.slice(1), 16)]) : Buffer.from(part, 'utf8'),
    ),
  );
}
