/** @module A file as a document that is asked for again and again: its signature in the file system tells whether it has changed. */
import type { FetchDocument } from '../../spi/document-fetch.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { readBounded } from '../bounded-file.ts';

/** `url` is an absolute path. A missing file is no answer: an editor may be about to put it there. */
export function createDocumentFiles(maxBytes: number): FetchDocument {
  return async ({ url, etag }) => {
    const reading = await readBounded(url, maxBytes, etag);
    switch (reading.status) {
      case 'unchanged':
        return { status: 'unchanged' };
      case 'read':
        return { status: 'fetched', bytes: reading.bytes, etag: reading.signature, lastModified: undefined };
      case 'missing':
      case 'refused':
        throw new GatehouseError('ERR_CONFIG_UNREADABLE', 'a file cannot be read', {
          facts: { file: url, problem: reading.problem },
        });
      default:
        return reading satisfies never;
    }
  };
}
