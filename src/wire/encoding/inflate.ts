/** @module Raw DEFLATE (RFC 1951) with a limit that holds while inflating, not after. */
import { inflateRawSync } from 'node:zlib';

export type Inflated =
  | { readonly status: 'inflated'; readonly bytes: Uint8Array }
  | { readonly status: 'too-large' }
  /** Not DEFLATE, cut short, or followed by other bytes. */
  | { readonly status: 'malformed' };

/** zlib's output step: the overshoot past `maxBytes` that can be inflated before the limit is seen. Requests are shorter. */
const chunkBytes = 4 * 1024;

export function inflateRaw(bytes: Uint8Array, maxBytes: number): Inflated {
  try {
    const { buffer, engine } = withEngine(
      inflateRawSync(bytes, { maxOutputLength: maxBytes, chunkSize: chunkBytes, info: true }),
    );
    // zlib stops at the end of the stream and says nothing about what follows: two readers could see two messages.
    return engine.bytesWritten === bytes.byteLength ? { status: 'inflated', bytes: buffer } : { status: 'malformed' };
  } catch (error) {
    const code = zlibCode(error);
    if (code === 'ERR_BUFFER_TOO_LARGE') return { status: 'too-large' };
    if (code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR') return { status: 'malformed' };
    throw error;
  }
}

function zlibCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** The typings do not know of `info: true`. */
function withEngine(result: unknown): { buffer: Uint8Array; engine: { bytesWritten: number } } {
  return result as { buffer: Uint8Array; engine: { bytesWritten: number } };
}
