/** @module The contract of messages that go from server to server: one POST and its answer, within limits. */

export interface BackChannelRequest {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** An answer that is longer is none. */
  readonly maxBytes: number;
  /** True where the address came from outside: then it must not lead into a private network. */
  readonly publicOnly: boolean;
}

export type BackChannelAnswer =
  | { readonly status: 'answered'; readonly httpStatus: number; readonly body: Uint8Array }
  /** `reason`: a system's code such as `ECONNREFUSED`, or a constant word. */
  | { readonly status: 'unreachable'; readonly reason: string };

/** Follows no redirect. Gives up when `signal` aborts. */
export type BackChannel = (request: BackChannelRequest, signal: AbortSignal) => Promise<BackChannelAnswer>;
