/** @module Objects of Java as data: what is read of a real stream, and that no other stream does harm. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JavaValue, readJavaObject } from '../../../src/wire/java/serialization.ts';
import { projectRoot } from '../../architecture/planted-tree.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const real = readFileSync(join(projectRoot, 'test/fixtures/jboss-vault/VAULT.dat'));
/** Of everything that a stream names. */
const everyClass: ReadonlySet<string> = { has: () => true } as unknown as ReadonlySet<string>;
const read = (bytes: Uint8Array, classes = everyClass) => readJavaObject(bytes, 0, classes);

/** A stream by hand: numbers are bytes, texts are modified UTF-8 behind their length. */
function stream(...parts: readonly (number | string)[]): Buffer {
  const text = (part: string) => {
    const bytes = Buffer.from(part, 'utf8');
    return [bytes.length >> 8, bytes.length & 255, ...bytes];
  };
  return Buffer.from([0xac, 0xed, 0, 5, ...parts.flatMap((part) => (typeof part === 'string' ? text(part) : [part]))]);
}
const id = [0, 0, 0, 0, 0, 0, 0, 1] as const;
const bytesClass = [0x72, '[B', ...id, 2, 0, 0, 0x78, 0x70] as const;

describe('a stream of Java', () => {
  it('gives a text', () => {
    expect(read(stream(0x74, 'héllo'))).toEqual({ value: { kind: 'string', text: 'héllo' }, end: 13 });
  });

  it('gives a text with what only modified UTF-8 has: NUL in two bytes, surrogates one by one', () => {
    const bytes = [0xc0, 0x80, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80];
    expect(read(stream(0x74, 0, bytes.length, ...bytes)).value).toEqual({ kind: 'string', text: '\0😀' });
  });

  it('gives bytes', () => {
    expect(read(stream(0x75, ...bytesClass, 0, 0, 0, 2, 8, 9)).value).toEqual({
      kind: 'bytes',
      bytes: Buffer.from([8, 9]),
    });
  });

  it('says where it ends', () => {
    expect(read(Buffer.concat([real, Buffer.from('more')])).end).toBe(real.length);
  });

  it('gives fields by name, of all that a class extends, and what the class itself has written', () => {
    const { value } = read(real);
    const [version, map] = value.kind === 'object' ? value.written : [];
    expect(version).toMatchObject({ className: 'java.lang.Integer' });
    expect(version?.kind === 'object' && version.fields.get('value')).toEqual({ kind: 'primitive', value: 1 });
    const kinds = (map as Extract<JavaValue, { kind: 'object' }>).written.map(({ kind }) => kind);
    expect(kinds.slice(-4)).toEqual(['string', 'bytes', 'null', 'null']);
  });

  it.each([
    ['a class that is not in the list', real, new Set<string>()],
    ['nothing', Buffer.alloc(0), everyClass],
    ['another format', Buffer.from('50ed0005', 'hex'), everyClass],
    ['another version', Buffer.from('aced000670', 'hex'), everyClass],
    ['a text that is longer than the file', stream(0x74, 0xff, 0xff, 65), everyClass],
    ['a text that is no UTF-8', stream(0x74, 0, 1, 0xff), everyClass],
    ['an array that is longer than the file', stream(0x75, ...bytesClass, 0x7f, 0xff, 0xff, 0xff), everyClass],
    ['an array of less than nothing', stream(0x75, ...bytesClass, 0xff, 0xff, 0xff, 0xff), everyClass],
    ['a reference to nowhere', stream(0x71, 0, 0x7e, 0, 0), everyClass],
    [
      'an object within itself',
      stream(0x73, 0x72, 'A', ...id, 2, 0, 1, 0x4c, 'a', 0x74, 'LA;', 0x78, 0x70, 0x71, 0, 0x7e, 0, 2),
      everyClass,
    ],
    ['a class that extends itself', stream(0x73, 0x72, 'A', ...id, 2, 0, 0, 0x78, 0x71, 0, 0x7e, 0, 0), everyClass],
    ['an object that writes itself in its own form', stream(0x73, 0x72, 'A', ...id, 12, 0, 0, 0x78, 0x70), everyClass],
    ['an object without a class', stream(0x73, 0x70), everyClass],
    ['a thrown exception', stream(0x7b), everyClass],
    ['a proxy', stream(0x73, 0x7d), everyClass],
    ['a reset', stream(0x79), everyClass],
  ])('is refused: %s', (_, bytes, classes) => {
    expect(refusalOf(() => read(bytes, classes))).toBe('ERR_JBOSS_VAULT');
  });

  it('is refused when it is nested deeper than any vault', () => {
    const array = [0x75, 0x72, '[LA;', ...id, 2, 0, 0, 0x78, 0x70, 0, 0, 0, 1] as const;
    const level = stream(...array).subarray(4);
    const nested = (depth: number) =>
      Buffer.concat([stream(), ...Array.from({ length: depth }, () => level), Buffer.from([0x70])]);
    expect(read(nested(30)).value.kind).toBe('array');
    expect(refusalOf(() => read(nested(40)))).toBe('ERR_JBOSS_VAULT');
    expect(refusalOf(() => read(nested(100_000)))).toBe('ERR_JBOSS_VAULT');
  });

  it('is read however much a class itself has written', () => {
    const head = stream(0x73, 0x72, 'A', ...id, 3, 0, 0, 0x78, 0x70);
    const { value } = read(Buffer.concat([head, Buffer.alloc(300_000, 0x70), Buffer.from([0x78])]));
    expect(value.kind === 'object' && value.written.length).toBe(300_000);
  });

  it('is refused wherever it is cut off', () => {
    for (let length = 0; length < real.length; length += 1) {
      expect(refusalOf(() => read(real.subarray(0, length)))).toBe('ERR_JBOSS_VAULT');
    }
  });

  it('is read or refused whatever byte of it is another', () => {
    const change = fc.tuple(fc.nat(real.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(real);
        for (const [index, byte] of changes) bytes[index] = byte;
        expect([undefined, 'ERR_JBOSS_VAULT']).toContain(refusalOf(() => read(bytes)));
      }),
      { numRuns: 2000 },
    );
  });
});
