/** @module The ledger of an import: what became of every element and attribute, each exactly once, and what is left to do by hand. */
import type { SourceAttribute, SourceElement } from './source.ts';

/** `outside`: no part of security, so that nothing of it is carried over. */
export const dispositions = ['kept', 'stricter', 'approximated', 'refused', 'outside'] as const;
export type Disposition = (typeof dispositions)[number];

export interface LedgerEntry {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly disposition: Disposition;
  /** Empty only for what is kept as it is. Never a value of the file. */
  readonly reason: string;
  /** A login or a role that JBoss gave is not given because of it. */
  readonly decides: boolean;
}

export interface Task {
  readonly file: string;
  readonly line?: number;
  readonly text: string;
}

type Node = SourceElement | SourceAttribute;

export interface Ledger {
  /** @throws a bug when the node is in the ledger already */
  note(node: Node | undefined, disposition: Disposition, reason?: string, decides?: boolean): void;
  /** The element, and whatever in it is not in the ledger yet. */
  noteTree(node: SourceElement | undefined, disposition: Disposition, reason?: string, decides?: boolean): void;
  has(node: Node): boolean;
  /** Something for a person to do. The same task is kept once. */
  task(text: string, node?: Node): void;
  /** Entries in the order of the file; every node below `root` must be there. */
  close(root: SourceElement): { readonly entries: readonly LedgerEntry[]; readonly tasks: readonly Task[] };
}

/** Of one file. */
export function createLedger(file: string): Ledger {
  const entries = new Map<Node, LedgerEntry>();
  const tasks = new Map<string, Task>();

  const note: Ledger['note'] = (node, disposition, reason = '', decides = false) => {
    if (node === undefined) return;
    if (entries.has(node)) throw new Error(`${node.path} is reported twice`);
    const { line, column, path } = node;
    entries.set(node, { file, line, column, path, disposition, reason, decides });
  };

  const noteTree: Ledger['noteTree'] = (node, disposition, reason = '', decides = false) => {
    if (node === undefined) return;
    for (const one of nodesOf(node)) {
      if (!entries.has(one)) note(one, disposition, reason, decides && one === node);
    }
  };

  return {
    note,
    noteTree,
    has: (node) => entries.has(node),
    task(text, node) {
      if (!tasks.has(text)) tasks.set(text, node === undefined ? { file, text } : { file, line: node.line, text });
    },
    close(root) {
      noteTree(root, 'refused', 'not known to this importer');
      const inOrder = [...entries.values()].sort((a, b) => a.line - b.line || a.column - b.column);
      return { entries: inOrder, tasks: [...tasks.values()] };
    },
  };
}

/** The element, its attributes and everything below. */
export function nodesOf(element: SourceElement): readonly Node[] {
  const nodes: Node[] = [];
  const open = [element];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    nodes.push(next, ...next.attributes);
    open.push(...next.children);
  }
  return nodes;
}
