/** @module How participants are told of a logout, as the engine sees it: a protocol knows the messages. */
import { GatehouseError } from '../spi/errors.ts';
import type { LogoutParticipant, LogoutRecord } from '../spi/logout-ledger.ts';
import type { Participant } from '../spi/sso-store.ts';

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
  wayTo(
    participant: Omit<Participant, 'joinedAt'>,
  ): Promise<{ readonly way: 'back' | 'front' | 'none'; readonly title: string }>;
  /** One attempt on the back channel. Every failure that is not a bug is a value. */
  tell(record: LogoutRecord, participant: LogoutParticipant, signal: AbortSignal): Promise<Told>;
  /** What the browser is sent to the participant with; its answer finds back by an ID of ours. */
  frontMessage(record: LogoutRecord, participant: LogoutParticipant): Promise<BrowserMessage>;
  /** The answer to the partner that asked for the logout. `undefined` when it names no place for it. */
  answer(record: LogoutRecord): Promise<BrowserMessage | undefined>;
}

/** Asks the one whose participant it is. Of a participant, or a partner that asked, that is nobody's any more, nobody is told. */
export function routedMessenger(
  messengerOf: (to: Pick<Participant, 'kind' | 'application'>) => LogoutMessenger | undefined,
): LogoutMessenger {
  return {
    wayTo: async (one) => messengerOf(one)?.wayTo(one) ?? { way: 'none', title: one.name },
    tell: async (record, one, signal) =>
      messengerOf(one)?.tell(record, one, signal) ?? {
        status: 'answered',
        outcome: 'refused',
        detail: 'not-registered-any-more',
      },
    async frontMessage(record, one) {
      const messenger = messengerOf(one);
      if (messenger !== undefined) return messenger.frontMessage(record, one);
      throw new GatehouseError('ERR_SAML_UNKNOWN_PARTNER', 'the participant is registered no more', {
        facts: { partner: one.name },
      });
    },
    async answer(record) {
      if (record.answerTo === undefined) return undefined;
      const { kind = 'saml', ...to } = record.answerTo;
      return messengerOf({ ...to, kind })?.answer(record);
    },
  };
}
