/** @module The factory that a module from outside exports: no compiler has checked it, so the house does. */
import { z } from 'zod';

/** It stands in traces, metrics and audit records, like JBoss's codes. */
const codePattern = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

export const isFunction = (value: unknown) => typeof value === 'function';

/** What factories of every kind have; spread into an object schema. */
export const factoryFields = {
  code: z.string().regex(codePattern, 'must begin with a letter and have up to 64 letters, digits, dots, hyphens'),
  summary: z.string(),
  options: z.custom<z.ZodType>(
    (value) => typeof value === 'object' && value !== null && '_zod' in value,
    'must be a schema made with z of gatehouse/spi',
  ),
} as const;

export type FactoryReading<F> = { readonly factory: F } | { readonly problem: string };

interface Wanted<F> {
  readonly schema: z.ZodType<F>;
  /** What is exported where it is not the default. */
  readonly name: string;
  /** In words, with its article: `no login module`. */
  readonly none: string;
  readonly madeBy: string;
}

/** What a module exports, by default or under a name. */
export function readExport<F>(exported: Readonly<Record<string, unknown>>, wanted: Wanted<F>): FactoryReading<F> {
  const found = exported['default'] ?? exported[wanted.name];
  if (found === undefined) {
    return { problem: `exports ${wanted.none}, neither by default nor as ${wanted.name}` };
  }
  const parsed = wanted.schema.safeParse(found);
  if (parsed.success) return { factory: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'it' : issue.path.join('.');
  return { problem: `exports what ${wanted.madeBy} did not make: ${where}: ${issue?.message ?? 'not valid'}` };
}
