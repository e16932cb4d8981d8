/** @module Builds what the SAML identity provider needs for single logout: messages, the messenger of the engine, the reader. */
import { createBackChannel } from '../adapters/back-channel.ts';
import type { KeySightings } from '../engine/key-sightings.ts';
import type { LogoutMessenger } from '../engine/logout-messenger.ts';
import { createLogoutAnswerJudge, type LogoutAnswerJudge } from '../protocols/saml-idp/logout-answer.ts';
import { createLogoutMessages, type LogoutMessages } from '../protocols/saml-idp/logout-messages.ts';
import { createSamlMessenger } from '../protocols/saml-idp/logout-messenger.ts';
import {
  createLogoutReader,
  type LogoutReader,
  type LogoutReaderOptions,
} from '../protocols/saml-idp/logout-request-reader.ts';
import type { SignerFor } from '../protocols/saml-idp/partner.ts';
import type { Partners } from '../protocols/saml-idp/partners.ts';
import type { Random } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import { withLogoutEvidence } from './logout-evidence.ts';

export interface SamlLogoutParts extends LogoutReaderOptions {
  readonly partners: Partners;
  readonly entityId: string;
  readonly signerFor: SignerFor;
  readonly random: Random;
  readonly ephemeral: EphemeralStore;
  readonly confirmed: KeySightings['confirmed'];
}

export interface SamlLogout {
  readonly sloUrl: string;
  readonly logoutMessages: LogoutMessages;
  readonly messenger: LogoutMessenger;
  readonly readLogout: LogoutReader;
  readonly judgeAnswer: LogoutAnswerJudge;
}

/** A server that does not take a connection within this has another trouble than load. */
const connectMs = 3000;

export function buildSamlLogout(parts: SamlLogoutParts): SamlLogout {
  const { sloUrl, partners, ephemeral, clock } = parts;
  const { messages: logoutMessages, judgeAnswer } = withLogoutEvidence({
    ...parts,
    messages: createLogoutMessages(parts),
    judgeAnswer: createLogoutAnswerJudge(parts.validateSchema),
  });
  const backChannel = createBackChannel({ connectMs });
  return {
    sloUrl,
    logoutMessages,
    messenger: createSamlMessenger({ partners, messages: logoutMessages, judgeAnswer, backChannel, ephemeral, clock }),
    judgeAnswer,
    readLogout: createLogoutReader(parts),
  };
}
