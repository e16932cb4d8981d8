/** @module What a case of the corpus is: how its message is made, what is expected of it, and what must come of it. */
import type { ErrorCode } from '../../../src/spi/errors.ts';
import type { Workshop } from './workshop.ts';

export interface HostileCase {
  /** Says what is done to the message, or with it. */
  readonly name: string;
  /** The XML of the Response; bytes where it is no UTF-8, or where what is posted is no base64 of anything. */
  readonly make: (workshop: Workshop) => string | Uint8Array | Promise<string | Uint8Array>;
  /** The code of the refusal; or the name that an application reads, where the message is odd and right. */
  readonly outcome: ErrorCode | { readonly subject: string };
  /** What is expected other than by default. */
  readonly expected?: {
    readonly acsUrl?: string;
    readonly entityId?: string;
    readonly request?: string | undefined;
    /** Added to the time at which it arrives. */
    readonly laterMs?: number;
  };
}

/** Takes one text for another, once. @throws Error when it is not there: a case that changes nothing proves nothing. */
export function swap(xml: string, from: string | RegExp, to: string): string {
  const changed = xml.replace(from, () => to);
  if (changed === xml) throw new Error(`nothing to change: ${String(from)}`);
  return changed;
}
