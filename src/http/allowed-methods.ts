/** @module Which methods an address answers to: tells "no such page" from "not asked for in this way" (RFC 9110 §15.5.6). */
import type { FastifyInstance } from 'fastify';

export interface AllowedMethods {
  /** Sorted, as an `Allow` field lists them; empty when there is no such address. */
  of(path: string): readonly string[];
}

interface Known {
  readonly segments: readonly string[];
  readonly methods: Set<string>;
}

/** Learns every route that is added to `app` from now on. */
export function collectAllowedMethods(app: FastifyInstance): AllowedMethods {
  const routes = new Map<string, Known>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = routes.get(url) ?? { segments: url.split('/'), methods: new Set<string>() };
    for (const one of [method].flat()) known.methods.add(one);
    routes.set(url, known);
  });
  return {
    of(path) {
      const segments = path.split('/');
      const methods = [...routes.values()].flatMap((known) =>
        matches(known.segments, segments) ? [...known.methods] : [],
      );
      return [...new Set(methods)].sort();
    },
  };
}

/** `:name` stands for one segment, `*` for all that follow. Ours are the only patterns there are. */
function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  const open = pattern.at(-1) === '*';
  if (open ? segments.length < pattern.length : segments.length !== pattern.length) return false;
  return pattern.every((part, index) => {
    const segment = segments[index] ?? '';
    return (open && index === pattern.length - 1) || (part.startsWith(':') ? segment !== '' : part === segment);
  });
}
