/** @module A logout that a partner confirms shows that it has the key which signed our request: noted where this node sent it. */
import type { KeySightings } from '../engine/key-sightings.ts';
import type { Partner, SignerFor } from '../protocols/saml-idp/partner.ts';
import type { LogoutAnswerJudge } from '../saml/logout-answer.ts';
import type { LogoutMessages } from '../saml/logout-messages.ts';
import { keyIdOf } from '../wire/key-ring-file.ts';

/** Requests that wait for their answers at one time. */
const maxWaiting = 10_000;

export interface LogoutEvidenceParts {
  readonly messages: LogoutMessages<Partner>;
  readonly judgeAnswer: LogoutAnswerJudge;
  readonly signerFor: SignerFor;
  readonly confirmed: KeySightings['confirmed'];
}

/** The same two, which note what they see. */
export function withLogoutEvidence(parts: LogoutEvidenceParts): Pick<LogoutEvidenceParts, 'messages' | 'judgeAnswer'> {
  const { messages, judgeAnswer, signerFor, confirmed } = parts;
  /** Key by ID of our request. */
  const waiting = new Map<string, string>();

  async function noted<T extends { readonly id: string }>(partner: Partner, send: () => Promise<T>): Promise<T> {
    const key = keyIdOf(signerFor(partner).certificate);
    const sent = await send();
    waiting.set(sent.id, key);
    const [oldest] = waiting.keys();
    if (waiting.size > maxWaiting && oldest !== undefined) waiting.delete(oldest);
    return sent;
  }

  return {
    messages: {
      ...messages,
      request: (partner, ...rest) => noted(partner, () => messages.request(partner, ...rest)),
      requestByBrowser: (partner, ...rest) => noted(partner, () => messages.requestByBrowser(partner, ...rest)),
    },
    async judgeAnswer(document, root, expected, redirect) {
      const judged = await judgeAnswer(document, root, expected, redirect);
      const key = waiting.get(expected.inResponseTo);
      waiting.delete(expected.inResponseTo);
      if (judged.outcome === 'confirmed' && key !== undefined) confirmed(expected.partner.entityId, key);
      return judged;
    },
  };
}
