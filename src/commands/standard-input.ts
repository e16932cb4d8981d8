/** @module Standard input as a whole, up to a limit. */
import { GatehouseError } from '../spi/errors.ts';

/** More than any batch that a person would send through a pipe. */
const maxInputBytes = 512 * 1024 * 1024;

/** @throws ERR_REQUEST_TOO_LARGE */
export async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > maxInputBytes) {
      throw new GatehouseError('ERR_REQUEST_TOO_LARGE', 'standard input holds too much', {
        facts: { maxBytes: maxInputBytes },
      });
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
