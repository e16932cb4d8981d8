/** @module Walking a JSON Schema: which keys and which entries are known at a place. Used for suggestions and for the reference page. */
import { z } from 'zod';
import type { Path } from './problem.ts';

/** The part of JSON Schema that zod writes for our schemas. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
}

/** What may be written, as JSON Schema 2020-12. Parts that JSON Schema cannot say are left open. */
export function jsonSchemaOf(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' }) as SchemaNode;
}

/** The schema of the entries of a list or of a table of names; `undefined` where the keys are fixed. */
export function entrySchema(node: SchemaNode): SchemaNode | undefined {
  return node.items ?? (typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined);
}

export function knownKeys(root: SchemaNode, path: Path): readonly string[] {
  let node: SchemaNode | undefined = root;
  for (const part of path) {
    node = node?.properties?.[part] ?? (node === undefined ? undefined : entrySchema(node));
  }
  return Object.keys(node?.properties ?? {});
}
