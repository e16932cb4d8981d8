/** @module How participants are told of a logout, as the engine sees it: a protocol knows the messages. */
import type { LogoutParticipant, LogoutRecord } from '../spi/logout-ledger.ts';

/** A message that a browser carries. */
export type BrowserMessage =
  | { readonly method: 'GET'; readonly url: string }
  | { readonly method: 'POST'; readonly url: string; readonly fields: Readonly<Record<string, string>> };

export type Told =
  | {
      readonly status: 'answered';
      readonly outcome: 'confirmed' | 'refused' | 'invalid-answer';
      readonly detail?: string | undefined;
    }
  /** No answer, or none that could be read: worth another attempt. */
  | { readonly status: 'unreachable'; readonly detail: string };

export interface LogoutMessenger {
  /** Of a participant that is registered no more, the way is `none`. */
  wayTo(name: string): Promise<{ readonly way: 'back' | 'front' | 'none'; readonly title: string }>;
  /** One attempt on the back channel. Every failure that is not a bug is a value. */
  tell(record: LogoutRecord, participant: LogoutParticipant, signal: AbortSignal): Promise<Told>;
  /** What the browser is sent to the participant with; its answer finds back by an ID of ours. */
  frontMessage(record: LogoutRecord, participant: LogoutParticipant): Promise<BrowserMessage>;
  /** The answer to the partner that asked for the logout. `undefined` when it names no place for it. */
  answer(record: LogoutRecord): Promise<BrowserMessage | undefined>;
}

/** Where no protocol has participants of its own. */
export const noMessenger: LogoutMessenger = {
  wayTo: async (name) => ({ way: 'none', title: name }),
  tell: async () => ({ status: 'unreachable', detail: 'no-protocol' }),
  async frontMessage() {
    throw new TypeError('nobody is told by a browser');
  },
  answer: async () => undefined,
};
