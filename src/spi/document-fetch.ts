/** @module The contract of fetching a document from somewhere else, again and again, only when it has changed. */

export interface DocumentRequest {
  readonly url: string;
  /** Media type. */
  readonly accept: string;
  /** What the last answer said of itself (RFC 9110 §8.8). */
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

export type DocumentAnswer =
  | {
      readonly status: 'fetched';
      readonly bytes: Buffer;
      readonly etag: string | undefined;
      readonly lastModified: string | undefined;
    }
  | { readonly status: 'unchanged' }
  /** The server says that there is no such document, or that there can be none. */
  | { readonly status: 'absent' };

/** @throws ERR_STORE_UNAVAILABLE with `problem` for every other answer and for none; ERR_DEADLINE_EXCEEDED at `signal`. */
export type FetchDocument = (request: DocumentRequest, signal: AbortSignal) => Promise<DocumentAnswer>;
