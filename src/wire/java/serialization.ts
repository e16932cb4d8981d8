/**
 * @module Reads objects that Java has serialised (Java Object Serialization Specification §6.4) as data: no class is ever
 * looked up or run, classes outside a list of names are refused, and depth and number are bounded.
 */
import { createDataInput, type DataInput, malformed, modifiedUtf8 } from './data-input.ts';

export type JavaValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'primitive'; readonly value: number | bigint | boolean }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'array'; readonly className: string; readonly values: readonly JavaValue[] }
  | { readonly kind: 'enum'; readonly className: string; readonly name: string }
  | JavaObject;

export interface JavaObject {
  readonly kind: 'object';
  readonly className: string;
  /** Of the class and those that it extends. */
  readonly fields: ReadonlyMap<string, JavaValue>;
  /** What the class's own `writeObject` has written behind the fields; blocks of plain data are left out. */
  readonly written: readonly JavaValue[];
}

interface ClassDescription {
  readonly name: string;
  readonly flags: number;
  readonly fields: readonly { readonly name: string; readonly type: string }[];
  readonly parent: ClassDescription | undefined;
}

type Handle = { readonly description: ClassDescription } | { readonly value: JavaValue } | 'unfinished';

/** The deepest that occurs, a lock in a segment in a map in a vault, has eight levels. */
const maxDepth = 32;
/** Each value of a vault has two. */
const maxHandles = 200_000;
const maxFields = 64;

const flag = { writeMethod: 1, serializable: 2, externalizable: 4, enumeration: 16 } as const;
const firstHandle = 0x7e0000;
const nothing: JavaValue = { kind: 'null' };

/**
 * The one object at the beginning of a stream, and where it ends.
 * @throws ERR_JBOSS_VAULT for whatever breaks the format or a limit, and for a class that is not in `classes`
 */
export function readJavaObject(
  bytes: Uint8Array,
  offset: number,
  classes: ReadonlySet<string>,
): { readonly value: JavaValue; readonly end: number } {
  const input = createDataInput(bytes, offset);
  if (input.u16() !== 0xaced || input.u16() !== 5) throw malformed('it is no object stream of Java', offset);
  const value = createReader(input, classes)(0);
  return { value, end: input.position() };
}

function createReader(input: DataInput, classes: ReadonlySet<string>): (depth: number) => JavaValue {
  const handles: Handle[] = [];
  const fault = (problem: string) => malformed(problem, input.position());

  function newHandle(handle: Handle): number {
    if (handles.length >= maxHandles) throw fault('it holds too many objects');
    return handles.push(handle) - 1;
  }

  function resolved(): Exclude<Handle, 'unfinished'> {
    const handle = handles[input.i32() - firstHandle];
    if (handle === undefined || handle === 'unfinished') throw fault('a reference leads nowhere or in a circle');
    return handle;
  }

  function text(depth: number): string {
    const value = readContent(depth, input.u8());
    if (value.kind !== 'string') throw fault('a text is expected');
    return value.text;
  }

  function readClass(depth: number): ClassDescription | undefined {
    if (depth > maxDepth) throw fault('it is nested too deep');
    const tag = input.u8();
    if (tag === 0x70) return undefined;
    if (tag === 0x71) {
      const handle = resolved();
      if ('description' in handle) return handle.description;
    }
    if (tag !== 0x72) throw fault('a class is expected');
    const name = input.utf();
    if (!classes.has(name)) throw fault('it holds a class that does not belong there');
    input.i64();
    const index = newHandle('unfinished');
    const flags = input.u8();
    const count = input.u16();
    if (count > maxFields) throw fault('a class has too many fields');
    const fields = Array.from({ length: count }, () => {
      const type = String.fromCharCode(input.u8());
      const field = { name: input.utf(), type };
      if (type === '[' || type === 'L') text(depth + 1);
      return field;
    });
    readAnnotations(depth + 1);
    const description = { name, flags, fields, parent: readClass(depth + 1) };
    handles[index] = { description };
    return description;
  }

  /** Everything up to the end mark. */
  function readAnnotations(depth: number): readonly JavaValue[] {
    const values: JavaValue[] = [];
    for (let tag = input.u8(); tag !== 0x78; tag = input.u8()) {
      if (tag === 0x77) input.bytes(input.u8());
      else if (tag === 0x7a) input.bytes(input.i32());
      else values.push(readContent(depth, tag));
    }
    return values;
  }

  function readField(type: string, depth: number): JavaValue {
    switch (type) {
      case 'B':
      case 'Z': {
        const value = input.u8();
        return { kind: 'primitive', value: type === 'Z' ? value !== 0 : value };
      }
      case 'C':
      case 'S':
        return { kind: 'primitive', value: input.u16() };
      case 'I':
        return { kind: 'primitive', value: input.i32() };
      case 'J':
        return { kind: 'primitive', value: input.i64() };
      case 'F':
        return { kind: 'primitive', value: input.float() };
      case 'D':
        return { kind: 'primitive', value: input.double() };
      case '[':
      case 'L':
        return readContent(depth, input.u8());
      default:
        throw fault('a field has an unknown type');
    }
  }

  function readObject(depth: number): JavaValue {
    const description = readClass(depth);
    if (description === undefined) throw fault('an object has no class');
    const index = newHandle('unfinished');
    const fields = new Map<string, JavaValue>();
    const written: JavaValue[] = [];
    for (const { flags, fields: own } of lineage(description)) {
      if ((flags & flag.serializable) === 0 || (flags & flag.externalizable) !== 0) {
        throw fault('an object is written in a form that does not belong there');
      }
      for (const { name, type } of own) fields.set(name, readField(type, depth + 1));
      // One by one: an engine has a limit to the arguments of a call.
      if ((flags & flag.writeMethod) !== 0) for (const value of readAnnotations(depth + 1)) written.push(value);
    }
    return finished(index, { kind: 'object', className: description.name, fields, written });
  }

  function readArray(depth: number): JavaValue {
    const description = readClass(depth);
    const index = newHandle('unfinished');
    const length = input.i32();
    // Each entry has at least one byte.
    if (length < 0 || length > input.remaining()) throw fault('an array is longer than the file');
    if (description?.name === '[B') return finished(index, { kind: 'bytes', bytes: input.bytes(length) });
    if (description?.name.startsWith('[L') !== true) throw fault('an array of a kind that does not belong there');
    const values = Array.from({ length }, () => readContent(depth + 1, input.u8()));
    return finished(index, { kind: 'array', className: description.name, values });
  }

  function readEnum(depth: number): JavaValue {
    const description = readClass(depth);
    if (description === undefined || (description.flags & flag.enumeration) === 0) throw fault('an enum has no class');
    const index = newHandle('unfinished');
    return finished(index, { kind: 'enum', className: description.name, name: text(depth + 1) });
  }

  function readString(length: number): JavaValue {
    const at = input.position();
    const value: JavaValue = { kind: 'string', text: modifiedUtf8(input.bytes(length), at) };
    newHandle({ value });
    return value;
  }

  function finished(index: number, value: JavaValue): JavaValue {
    handles[index] = { value };
    return value;
  }

  function readContent(depth: number, tag: number): JavaValue {
    if (depth > maxDepth) throw fault('it is nested too deep');
    switch (tag) {
      case 0x70:
        return nothing;
      case 0x71: {
        const handle = resolved();
        if ('value' in handle) return handle.value;
        throw fault('a value is expected');
      }
      case 0x73:
        return readObject(depth);
      case 0x74:
        return readString(input.u16());
      case 0x75:
        return readArray(depth);
      case 0x7e:
        return readEnum(depth);
      default:
        throw fault('it holds what does not belong there');
    }
  }

  return (depth) => readContent(depth, input.u8());
}

/** From the outermost class that it extends down to its own: the order in which their fields stand. */
function lineage(description: ClassDescription): readonly ClassDescription[] {
  const classes: ClassDescription[] = [];
  for (let next: ClassDescription | undefined = description; next !== undefined; next = next.parent)
    classes.unshift(next);
  return classes;
}
