/** @module Builds what the SAML identity provider needs for single logout: messages, the messenger of the engine, the reader. */
import { createBackChannel } from '../adapters/back-channel.ts';
import type { KeySightings } from '../engine/key-sightings.ts';
import type { LogoutMessenger } from '../engine/logout-messenger.ts';
import { nameEncryptionFor } from '../protocols/saml-idp/encryption.ts';
import type { Partner, SignerFor } from '../protocols/saml-idp/partner.ts';
import type { Partners } from '../protocols/saml-idp/partners.ts';
import { createLogoutAnswerJudge, type LogoutAnswerJudge } from '../saml/logout-answer.ts';
import { createLogoutMessages, type LogoutMessages } from '../saml/logout-messages.ts';
import { createSamlMessenger } from '../saml/logout-messenger.ts';
import { createLogoutReader, type LogoutReader, type LogoutReaderOptions } from '../saml/logout-request-reader.ts';
import type { Random } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import { withLogoutEvidence } from './logout-evidence.ts';

export interface SamlLogoutParts extends LogoutReaderOptions<Partner> {
  readonly partners: Partners;
  readonly entityId: string;
  readonly signerFor: SignerFor;
  readonly random: Random;
  readonly ephemeral: EphemeralStore;
  readonly confirmed: KeySightings['confirmed'];
}

export interface SamlLogout {
  readonly sloUrl: string;
  readonly logoutMessages: LogoutMessages<Partner>;
  readonly messenger: LogoutMessenger;
  readonly readLogout: LogoutReader<Partner>;
  readonly judgeAnswer: LogoutAnswerJudge;
}

/** Participants of sessions are service providers here. */
export const idpSide = { kind: 'saml' } as const;

/** A server that does not take a connection within this has another trouble than load. */
const connectMs = 3000;

export function buildSamlLogout(parts: SamlLogoutParts): SamlLogout {
  const { sloUrl, partners, ephemeral, clock } = parts;
  const { messages: logoutMessages, judgeAnswer } = withLogoutEvidence({
    ...parts,
    messages: createLogoutMessages<Partner>({
      ...parts,
      encryptFor: (partner) => nameEncryptionFor(partner, parts.random),
    }),
    judgeAnswer: createLogoutAnswerJudge(parts.validateSchema),
  });
  const backChannel = createBackChannel({ connectMs });
  return {
    sloUrl,
    logoutMessages,
    messenger: createSamlMessenger({
      ...{ side: idpSide, partners, messages: logoutMessages, judgeAnswer, backChannel, ephemeral, clock },
    }),
    judgeAnswer,
    readLogout: createLogoutReader(parts),
  };
}
