/** @module Reads what java.io.DataOutput writes: big-endian numbers and texts in modified UTF-8, never beyond the end. */
import { GatehouseError } from '../../spi/errors.ts';

export interface DataInput {
  /** How far it has read. */
  position(): number;
  remaining(): number;
  u8(): number;
  u16(): number;
  i32(): number;
  i64(): bigint;
  float(): number;
  double(): number;
  /** Shares the memory of what is read. */
  bytes(length: number): Uint8Array;
  /** A text with its length in two bytes. */
  utf(): string;
}

/** @throws ERR_JBOSS_VAULT; `offset` tells where. */
export function malformed(problem: string, offset: number): GatehouseError {
  return new GatehouseError('ERR_JBOSS_VAULT', 'a file of Java is malformed', { facts: { problem, offset } });
}

/** Every reading throws ERR_JBOSS_VAULT where the bytes end too early or are no text. */
export function createDataInput(source: Uint8Array, start = 0): DataInput {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  let offset = start;

  function take(length: number): number {
    const at = offset;
    if (length < 0 || length > source.length - at) throw malformed('it ends too early', at);
    offset = at + length;
    return at;
  }

  function bytes(length: number): Uint8Array {
    const at = take(length);
    return source.subarray(at, at + length);
  }

  return {
    position: () => offset,
    remaining: () => source.length - offset,
    u8: () => view.getUint8(take(1)),
    u16: () => view.getUint16(take(2)),
    i32: () => view.getInt32(take(4)),
    i64: () => view.getBigInt64(take(8)),
    float: () => view.getFloat32(take(4)),
    double: () => view.getFloat64(take(8)),
    bytes,
    utf() {
      const at = offset;
      const length = view.getUint16(take(2));
      return modifiedUtf8(bytes(length), at);
    },
  };
}

/** java.io.DataInput, "Modified UTF-8": one to three bytes a UTF-16 unit, NUL in two bytes, surrogates as they are. */
export function modifiedUtf8(bytes: Uint8Array, offset: number): string {
  const units: number[] = [];
  for (let index = 0; index < bytes.length; ) {
    const first = bytes[index] ?? 0;
    const length = first < 0x80 ? 1 : (first & 0xe0) === 0xc0 ? 2 : (first & 0xf0) === 0xe0 ? 3 : 0;
    const rest = bytes.subarray(index + 1, index + length);
    if (length === 0 || rest.length !== length - 1 || rest.some((byte) => (byte & 0xc0) !== 0x80)) {
      throw malformed('a text is not modified UTF-8', offset);
    }
    const lead = length === 1 ? first : first & (length === 2 ? 0x1f : 0x0f);
    units.push(rest.reduce((unit, byte) => unit * 64 + (byte & 0x3f), lead));
    index += length;
  }
  // In pieces: an engine has a limit to the arguments of a call.
  const pieces: string[] = [];
  for (let index = 0; index < units.length; index += 4096) {
    pieces.push(String.fromCharCode(...units.slice(index, index + 4096)));
  }
  return pieces.join('');
}
