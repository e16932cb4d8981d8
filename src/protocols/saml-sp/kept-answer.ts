/** @module A verified answer between two requests of one browser: a cross-site POST brings no cookies, the redirect after it does. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Random } from '../../spi/clock.ts';
import type { EphemeralStore } from '../../spi/ephemeral-store.ts';
import type { VerifiedResponseEvidence } from '../../spi/evidence.ts';
import type { AcceptedSignIn } from './response-acceptance.ts';

const keptAnswer = z.object({
  application: z.string(),
  request: z.string().exactOptional(),
  forceAuthn: z.boolean(),
  sessionIndex: z.string().exactOptional(),
  sessionNotOnOrAfter: z.number().exactOptional(),
  evidence: z.object({
    identityProvider: z.string(),
    nameId: z
      .object({
        value: z.string(),
        format: z.string().exactOptional(),
        nameQualifier: z.string().exactOptional(),
        spNameQualifier: z.string().exactOptional(),
      })
      .exactOptional(),
    attributes: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
    authnInstant: z.number(),
    authnContext: z.string().exactOptional(),
    solicited: z.boolean(),
    signed: z.enum(['assertion', 'response', 'both']),
    encrypted: z.boolean(),
  }),
});

export interface KeptAnswer extends Omit<AcceptedSignIn, 'provider'> {
  readonly application: string;
  /** Whether the person had to prove anew who he is. */
  readonly forceAuthn: boolean;
  readonly evidence: VerifiedResponseEvidence;
}

export interface KeptAnswers {
  /** What the browser asks for it by. @throws ERR_STORE_UNAVAILABLE */
  keep(answer: KeptAnswer): Promise<string>;
  /** Of all callers exactly one gets it. @throws ERR_STORE_UNAVAILABLE */
  take(id: string): Promise<KeptAnswer | undefined>;
}

/** The browser is redirected at once; a slow line is in it. */
const keptMs = 60_000;
const idBytes = 32;
const form = /^[A-Za-z0-9_-]{43}$/;

/** Only what an identity provider has signed for us, and for the first time, gets here: nobody else can fill the store. */
export function createKeptAnswers(options: {
  readonly ephemeral: EphemeralStore;
  readonly random: Random;
}): KeptAnswers {
  const keyOf = (id: string) => `saml-sp-answer:${createHash('sha256').update(id).digest('base64url')}`;
  return {
    async keep(answer) {
      const id = Buffer.from(options.random.bytes(idBytes)).toString('base64url');
      await options.ephemeral.put(keyOf(id), JSON.stringify(answer), keptMs);
      return id;
    },
    async take(id) {
      const text = form.test(id) ? await options.ephemeral.take(keyOf(id)) : undefined;
      // Another release may have kept something else.
      const kept = text === undefined ? undefined : keptAnswer.safeParse(JSON.parse(text)).data;
      return kept && { ...kept, evidence: { kind: 'verified-response', ...kept.evidence } };
    },
  };
}
