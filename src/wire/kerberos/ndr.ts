/** @module Reads NDR of RPC, little endian, as far as a PAC has it (MS-RPCE §2.2.6): what lies beyond the end is a fault that is kept. */

export interface NdrReader {
  /** Aligned to two and to four octets. */
  readUint16(): number;
  readUint32(): number;
  readBytes(length: number): Uint8Array;
  /** RPC_UNICODE_STRING without its text: whether a text follows. */
  readStringHead(): boolean;
  readString(): string;
  /** RPC_SID with the count before it: the identifier as bytes. */
  readSid(): Uint8Array;
  /** How many elements an array has that follows here; `undefined` when they would not fit into what is left. */
  readCount(elementBytes: number): number | undefined;
  /** Everything so far lay within the bytes. */
  intact(): boolean;
}

/** Common and private header of a serialised type, version 1 (MS-RPCE §2.2.6.1, §2.2.6.2). */
const headerBytes = 16;
const emptyBytes = new Uint8Array();

/** `undefined` when the header is not that of little-endian version 1. */
export function readNdr(bytes: Uint8Array): NdrReader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerBytes || bytes[0] !== 1 || bytes[1] !== 0x10 || view.getUint16(2, true) !== 8)
    return undefined;
  let offset = headerBytes;
  let intact = true;

  /** Where `length` octets begin; `undefined` beyond the end. */
  function take(length: number, alignment: number): number | undefined {
    const start = Math.ceil(offset / alignment) * alignment;
    if (!intact || start + length > bytes.length) {
      intact = false;
      return undefined;
    }
    offset = start + length;
    return start;
  }

  function readUint16(): number {
    const at = take(2, 2);
    return at === undefined ? 0 : view.getUint16(at, true);
  }

  function readUint32(): number {
    const at = take(4, 4);
    return at === undefined ? 0 : view.getUint32(at, true);
  }

  function readBytes(length: number): Uint8Array {
    const at = take(length, 1);
    return at === undefined ? emptyBytes : bytes.subarray(at, at + length);
  }

  function readCount(elementBytes: number): number | undefined {
    const count = readUint32();
    if (intact && count * elementBytes <= bytes.length - offset) return count;
    intact = false;
    return undefined;
  }

  return {
    readUint16,
    readUint32,
    readBytes,
    readCount,
    readStringHead() {
      readUint32();
      return readUint32() !== 0;
    },
    readString() {
      // Maximum, offset and actual count, in characters.
      readUint32();
      readUint32();
      const count = readCount(2) ?? 0;
      return Buffer.from(readBytes(count * 2)).toString('utf16le');
    },
    readSid() {
      const count = readCount(4) ?? 0;
      return readBytes(intact ? 8 + count * 4 : 0);
    },
    intact: () => intact,
  };
}
