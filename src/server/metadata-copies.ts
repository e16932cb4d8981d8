/** @module The back-up copies of fetched metadata in `data/metadata`: what a start uses while a server does not answer. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { DocumentCopy } from '../metadata/document-source.ts';
import { GatehouseError } from '../spi/errors.ts';

export interface DocumentCopies {
  /** `undefined` when there is none that is whole. @throws ERR_CONFIG_UNREADABLE */
  read(): Promise<DocumentCopy | undefined>;
  /** @throws ERR_CONFIG_UNREADABLE */
  write(copy: DocumentCopy): Promise<void>;
}

const facts = z.object({
  url: z.string(),
  /** Of the document: two files are not written in one step. */
  sha256: z.string(),
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  fetchedAt: z.number(),
});

const maxFactsBytes = 64 * 1024;
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

/** Of the document at `url`. A signature is checked again when a copy is used: nothing here is trusted for being here. */
export function documentCopies(
  home: HomeFolder,
  url: string,
  maxBytes: number,
  folder = 'data/metadata',
): DocumentCopies {
  const base = `${folder}/${sha256(url).slice(0, 32)}`;
  return {
    async read() {
      const written = await home.readBytes(`${base}.json`, maxFactsBytes);
      const bytes = written && (await home.readBytes(`${base}.xml`, maxBytes));
      if (written === undefined || bytes === undefined) return undefined;
      const parsed = facts.safeParse(jsonOf(written));
      if (!parsed.success || parsed.data.url !== url || parsed.data.sha256 !== sha256(bytes)) return undefined;
      const { etag, lastModified, fetchedAt } = parsed.data;
      return { bytes, etag, lastModified, fetchedAt };
    },
    async write({ bytes, ...rest }) {
      await home.writeText(`${base}.xml`, bytes);
      await home.writeText(`${base}.json`, JSON.stringify({ url, sha256: sha256(bytes), ...rest }));
    },
  };
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return undefined;
  }
}

/** The keys of the certificates in a PEM file. @throws ERR_CONFIG_INVALID with `file` */
export function pinFault(file: string, problem: string, cause?: unknown): GatehouseError {
  return new GatehouseError('ERR_CONFIG_INVALID', 'a signing certificate of metadata cannot be used', {
    cause,
    facts: { file, problem },
  });
}
