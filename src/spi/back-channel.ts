/** @module The contract of messages that go from server to server: one POST and its answer, within limits. */

export interface BackChannelRequest {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** An answer that is longer is none. */
  readonly maxBytes: number;
  /** Where the address came from outside: the private addresses and blocks that it may lead to, and to no other. Absent: anywhere. */
  readonly onlyPrivate?: readonly string[] | undefined;
}

export type BackChannelAnswer =
  | { readonly status: 'answered'; readonly httpStatus: number; readonly body: Uint8Array }
  /** `reason`: a system's code such as `ECONNREFUSED`, or a constant word. */
  | { readonly status: 'unreachable'; readonly reason: string };

/** Follows no redirect. Gives up when `signal` aborts. */
export type BackChannel = (request: BackChannelRequest, signal: AbortSignal) => Promise<BackChannelAnswer>;
