/** @module YAML nodes to plain values: aliases followed within a budget, tags and duplicate keys refused, every place kept. */
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Path } from './problem.ts';

/** The schema itself is 8 deep; the composer and zod recurse. */
export const maxDepth = 32;
/** An alias repeats what stands elsewhere; a hundred are a style, more are an expansion attack ("billion laughs"). */
export const maxAliases = 100;
/** Values after aliases have been followed. */
export const maxValues = 200_000;

interface ValueFinding {
  readonly path: Path;
  readonly message: string;
  readonly offset: number;
}

/** Where each value and each key begins. */
export interface Offsets {
  /** Of the nearest thing around it where there is nothing at the path itself. */
  find(path: Path, atKey: boolean): number;
}

export interface ConvertedNode {
  readonly value: unknown;
  readonly findings: readonly ValueFinding[];
  readonly offsets: Offsets;
}

const pointer = (path: Path) => JSON.stringify(path);

function createOffsets() {
  const places = new Map<string, { readonly key: number; readonly value: number }>();
  return {
    record: (path: Path, key: number, value: number) => void places.set(pointer(path), { key, value }),
    keyOf: (path: Path) => places.get(pointer(path))?.key,
    find(path: Path, atKey: boolean) {
      const own = places.get(pointer(path));
      if (own !== undefined) {
        return atKey ? own.key : own.value;
      }
      for (let length = path.length - 1; length > 0; length -= 1) {
        const around = places.get(pointer(path.slice(0, length)));
        if (around !== undefined) {
          return around.key;
        }
      }
      return 0;
    },
  };
}

/** The text of a key as it was written, so that `1.10:` is not taken for the number 1.1. */
function keyText(key: unknown): string | undefined {
  if (!isScalar(key) || key.value === null) {
    return undefined;
  }
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

const offsetOf = (node: unknown, otherwise: number): number =>
  (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) && node.range ? node.range[0] : otherwise;

export function convertNode(root: Node | null): ConvertedNode {
  const offsets = createOffsets();
  const findings: ValueFinding[] = [];
  const anchors = new Map<string, Node>();
  let aliases = 0;
  let values = 0;

  function convertMap(node: YAMLMap, path: Path, depth: number): Readonly<Record<string, unknown>> {
    // No prototype: a key such as `constructor` is only ever a key.
    const result: Record<string, unknown> = Object.create(null);
    for (const pair of node.items as readonly Pair[]) {
      const key = keyText(pair.key);
      const keyOffset = offsetOf(pair.key, offsetOf(pair.value, offsetOf(node, 0)));
      if (key === undefined || key === '__proto__') {
        findings.push({ path, offset: keyOffset, message: 'a key must be a plain name' });
        continue;
      }
      const place = [...path, key];
      if (isScalar(pair.key) && (pair.key.tag !== undefined || pair.key.anchor !== undefined)) {
        findings.push({ path: place, offset: keyOffset, message: 'tags and anchors are not allowed on keys' });
      }
      if (Object.hasOwn(result, key)) {
        findings.push({ path: place, offset: keyOffset, message: `the key "${key}" is written twice` });
        continue;
      }
      offsets.record(place, keyOffset, offsetOf(pair.value, keyOffset));
      result[key] = convert(pair.value, place, depth + 1);
    }
    return result;
  }

  function convertList(node: YAMLSeq, path: Path, depth: number): readonly unknown[] {
    return node.items.map((item, index) => {
      const place = [...path, index];
      const offset = offsetOf(item, offsetOf(node, 0));
      offsets.record(place, offset, offset);
      return convert(item, place, depth + 1);
    });
  }

  function refuse(path: Path, offset: number, message: string): undefined {
    findings.push({ path, offset, message });
    return undefined;
  }

  function convert(node: unknown, path: Path, depth: number): unknown {
    values += 1;
    const offset = offsetOf(node, offsets.find(path, false));
    if (depth > maxDepth || values > maxValues) {
      return values > maxValues + 1 ? undefined : refuse(path, offset, 'aliases make the file too deep or too large');
    }
    if (isAlias(node)) {
      aliases += 1;
      if (aliases > maxAliases) {
        return aliases > maxAliases + 1 ? undefined : refuse(path, offset, `more than ${maxAliases} aliases are used`);
      }
      const target = anchors.get(node.source);
      return target === undefined
        ? refuse(path, offset, `no anchor "&${node.source}" before it`)
        : convert(target, path, depth + 1);
    }
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) {
      return null;
    }
    if (node.tag !== undefined) {
      findings.push({ path, offset, message: 'tags are not allowed' });
    }
    if (node.anchor !== undefined) {
      anchors.set(node.anchor, node);
    }
    if (isScalar(node)) {
      return node.value;
    }
    return isMap(node) ? convertMap(node, path, depth) : convertList(node, path, depth);
  }

  return { value: convert(root, [], 0), findings, offsets };
}
