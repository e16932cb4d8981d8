/** @module Path constraints of an application and which of them a path selects: the URL patterns of web.xml. */
import type { ConfigurationPlace } from '../spi/decision-trace.ts';
import { GatehouseError } from '../spi/errors.ts';

export interface PathConstraint {
  /**
   * A pattern of Servlet 3.1 §12.2: exact `/a/b`, prefix `/a/*` (which `/a` matches too), extension `*.jsp`, `/` for what
   * nothing else matches, or the empty text for the application's root alone.
   */
  readonly path: string;
  /**
   * Who gets in. Absent: everybody, logged in or not. `[]`: nobody. `**`: whoever is authenticated. `*`: whoever has one of the
   * roles that this application's constraints name, and whoever is authenticated where they name none.
   */
  readonly roles?: readonly string[];
  /** Absent: all. Compared as written (RFC 9110 §9.1). */
  readonly methods?: readonly string[];
  /** Default: `none`. */
  readonly transport?: 'none' | 'confidential';
  readonly place?: ConfigurationPlace;
}

/** Every constraint of the one pattern that matches a path best; empty when no pattern matches. */
export type PathMatcher = (path: string) => readonly PathConstraint[];

type Patterns = Map<string, PathConstraint[]>;

/**
 * Sorts the constraints for matching in the order of Servlet 3.1 §12.1: exact, longest prefix, extension, default.
 * @throws ERR_CONFIG_INVALID for text that is no pattern: a constraint that can never match protects nothing
 */
export function createPathMatcher(constraints: readonly PathConstraint[]): PathMatcher {
  const exact: Patterns = new Map();
  const prefixes: Patterns = new Map();
  const extensions: Patterns = new Map();
  const fallback: PathConstraint[] = [];

  for (const constraint of constraints) {
    const { path } = constraint;
    if (path === '/') fallback.push(constraint);
    else if (path === '') add(exact, '/', constraint);
    else if (/^\*\.[^/*]+$/.test(path)) add(extensions, path.slice(2), constraint);
    else if (path.startsWith('/') && path.endsWith('/*')) add(prefixes, wholePath(path.slice(0, -2), path), constraint);
    else add(exact, wholePath(path, path), constraint);
  }

  return (path) => exact.get(path) ?? longestPrefix(prefixes, path) ?? extensions.get(extensionOf(path)) ?? fallback;
}

/**
 * False for a path that two readers could understand differently: relative, with empty or dot segments, path parameters,
 * backslashes or control characters. The web layer decodes and normalises; what is left of these here is an attack on
 * whoever normalises once more.
 */
export function isWellFormedPath(path: string): boolean {
  if (!path.startsWith('/')) return false;
  if (/[;\\\p{Cc}]/u.test(path)) return false;
  const segments = path.slice(1).split('/');
  return segments.every(
    (segment, position) => segment !== '.' && segment !== '..' && (segment !== '' || position === segments.length - 1),
  );
}

function wholePath(path: string, pattern: string): string {
  if (path === '' || (!path.includes('*') && isWellFormedPath(path))) return path;
  throw new GatehouseError('ERR_CONFIG_INVALID', 'Not a path pattern: use /a/b, /a/*, *.ext or /', {
    facts: { pattern },
  });
}

function add(patterns: Patterns, key: string, constraint: PathConstraint): void {
  const known = patterns.get(key);
  if (known === undefined) patterns.set(key, [constraint]);
  else known.push(constraint);
}

/** From the whole path upwards, a segment at a time, so that `/ab` is not below `/a`. The key of the pattern for all is empty. */
function longestPrefix(prefixes: Patterns, path: string): readonly PathConstraint[] | undefined {
  let prefix = path;
  for (;;) {
    const found = prefixes.get(prefix);
    if (found !== undefined || prefix === '') return found;
    prefix = prefix.slice(0, prefix.lastIndexOf('/'));
  }
}

/** What follows the last dot of the last segment; no extension has the empty name. */
function extensionOf(path: string): string {
  const segment = path.slice(path.lastIndexOf('/') + 1);
  const dot = segment.lastIndexOf('.');
  return dot === -1 ? '' : segment.slice(dot + 1);
}
