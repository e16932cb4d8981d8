/** @module Fetches documents from addresses in the configuration: conditional, bounded, over checked addresses, redirects within one scheme. */
import type { DocumentAnswer, FetchDocument } from '../../spi/document-fetch.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { createAddressPolicy, type Resolve } from './addresses.ts';
import { exchangeWeb, problemOf, UselessAnswer } from './exchange.ts';

/** A federation moves its files once, perhaps by way of a name for them; more is a circle. */
const maxRedirects = 3;
/** 400 and 414 too: whoever asks for a name that the server cannot even read must not make it look broken. */
const absentStatuses: readonly number[] = [400, 404, 410, 414];
const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];

export interface DocumentFetchOptions {
  readonly maxBytes: number;
  /** For the whole of it, redirects included. */
  readonly timeoutMs: number;
  /** Addresses and blocks that are not public and may be asked nevertheless. */
  readonly allowPrivateAddresses: readonly string[];
  /** PEM; the system's authorities where it is left out. */
  readonly authorities?: string | undefined;
  /** The system's where it is left out. */
  readonly resolve?: Resolve | undefined;
}

export function createDocumentFetch(options: DocumentFetchOptions): FetchDocument {
  const policy = createAddressPolicy(options.allowPrivateAddresses, options.resolve);

  async function follow(first: URL, headers: Record<string, string>, signal: AbortSignal): Promise<DocumentAnswer> {
    let url = first;
    for (let hops = 0; hops <= maxRedirects; hops += 1) {
      policy.checkHost(url);
      const { maxBytes, authorities } = options;
      const answer = await exchangeWeb(
        { url, method: 'GET', headers, maxBytes, lookup: policy.lookup, authorities },
        signal,
      );
      if (!redirectStatuses.includes(answer.status)) return read(answer.status, answer);
      url = redirected(url, answer.headers.location);
    }
    throw new UselessAnswer(`more than ${maxRedirects} redirects`);
  }

  return async (request, signal) => {
    const timeout = AbortSignal.timeout(options.timeoutMs);
    try {
      const headers = {
        accept: request.accept,
        ...(request.etag === undefined ? {} : { 'if-none-match': request.etag }),
        ...(request.lastModified === undefined ? {} : { 'if-modified-since': request.lastModified }),
      };
      return await follow(new URL(request.url), headers, AbortSignal.any([signal, timeout]));
    } catch (error) {
      if (signal.aborted) {
        throw new GatehouseError('ERR_DEADLINE_EXCEEDED', 'stopped while fetching a document', { cause: error });
      }
      const problem = timeout.aborted ? `no whole answer within ${options.timeoutMs / 1000} s` : problemOf(error);
      throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'a document could not be fetched', {
        cause: error,
        facts: { url: request.url, problem },
      });
    }
  };
}

/** From https nobody is led to http, and from neither anywhere else. */
function redirected(from: URL, location: string | undefined): URL {
  const to = location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to === undefined) throw new UselessAnswer('a redirect to nowhere');
  if (to.protocol !== from.protocol) throw new UselessAnswer(`a redirect from ${from.protocol} to ${to.protocol}`);
  return to;
}

/** RFC 9110 §8.8, §15.4.5. Validators are sent back as they came, if they are of a size that anybody would use. */
function read(
  status: number,
  { headers, bytes }: { readonly headers: NodeJS.Dict<string | string[]>; readonly bytes: Buffer },
): DocumentAnswer {
  const validator = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' && value.length <= 256 ? value : undefined;
  };
  if (status === 304) return { status: 'unchanged' };
  if (absentStatuses.includes(status)) return { status: 'absent' };
  if (status !== 200) throw new UselessAnswer(`status ${status}`);
  return { status: 'fetched', bytes, etag: validator('etag'), lastModified: validator('last-modified') };
}
