/** @module The request target, read once: what is authorised is what the application behind sees. */
import { GatehouseError } from '../../spi/errors.ts';

/** Room for a parked form GET; beyond it servers disagree about what they accept, and a parked request takes memory. */
export const maxTargetCharacters = 8192;

export interface Target {
  /** Decoded, below the context path, beginning with `/`; empty when the context path itself was asked for. */
  readonly path: string;
  /** The same path with the context path, in the one spelling that goes to the application. */
  readonly encoded: string;
  /** As it came, with its `?`; empty when there is none. */
  readonly query: string;
}

/** Visible ASCII (RFC 3986 §2) without what servers read in two ways: `\` as `/`, `;` as the start of parameters, `#`. */
const readablePath = /^[!"$-:<-[\]-~]*$/;
const readableQuery = /^[!"$-~]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const ambiguous = /[/\\;%\u0000-\u001f\u007f-\u009f]/;

/**
 * Reads an origin-form target (RFC 9112 §3.2.1) below `contextPath`. Refused is everything that a second reader could
 * take for another path: escaped slashes, backslashes and semicolons, an escaped `%` (which hides a second escape), control
 * characters, bytes that are not UTF-8, dot segments, empty segments, and an escape inside the context path.
 * @throws ERR_REQUEST_MALFORMED
 * @throws ERR_REQUEST_TOO_LARGE above `maxTargetCharacters`
 */
export function readTarget(url: string, contextPath: string): Target {
  if (url.length > maxTargetCharacters) {
    throw new GatehouseError('ERR_REQUEST_TOO_LARGE', 'request target over the limit', {
      facts: { maxTargetCharacters },
    });
  }
  const questionMark = url.indexOf('?');
  const rawPath = questionMark === -1 ? url : url.slice(0, questionMark);
  const query = questionMark === -1 ? '' : url.slice(questionMark);
  if (!readablePath.test(rawPath) || !readableQuery.test(query)) throw malformed('characters');
  if (rawPath === contextPath) return { path: '', encoded: contextPath, query };
  if (!rawPath.startsWith(`${contextPath}/`)) throw malformed('context-path');
  const segments = rawPath
    .slice(contextPath.length + 1)
    .split('/')
    .map(decodeSegment);
  if (segments.slice(0, -1).includes('')) throw malformed('empty-segment');
  return {
    path: `/${segments.join('/')}`,
    encoded: `${contextPath}/${segments.map(encodeSegment).join('/')}`,
    query,
  };
}

function decodeSegment(raw: string): string {
  const segment = percentDecoded(raw);
  if (segment === undefined) throw malformed('escape');
  if (ambiguous.test(segment)) throw malformed('escaped-delimiter');
  // Dots at the begin and dots or blanks at the end of a longer name too: some file systems drop them.
  if (segment === '.' || segment.startsWith('..') || /[. ]$/.test(segment)) throw malformed('dot-segment');
  return segment;
}

/** `undefined` for a broken escape and for bytes that are not UTF-8 (overlong forms among them). */
function percentDecoded(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Escapes all but `pchar` (RFC 3986 §3.3), so that every spelling of a segment leaves as one. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/%(?:24|26|2B|2C|3A|3D|40)/g, decodeURIComponent);
}

function malformed(problem: string): GatehouseError {
  return new GatehouseError('ERR_REQUEST_MALFORMED', 'path that could be read in two ways', { facts: { problem } });
}
