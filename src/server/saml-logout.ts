/** @module Builds what the SAML identity provider needs for single logout: messages, the messenger of the engine, the reader. */
import { createPrivateKey } from 'node:crypto';
import { createBackChannel } from '../adapters/back-channel.ts';
import type { LogoutMessenger } from '../engine/logout-messenger.ts';
import { createLogoutMessages, type LogoutMessages } from '../protocols/saml-idp/logout-messages.ts';
import { createSamlMessenger } from '../protocols/saml-idp/logout-messenger.ts';
import {
  createLogoutReader,
  type LogoutReader,
  type LogoutReaderOptions,
} from '../protocols/saml-idp/logout-request-reader.ts';
import type { Random } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import type { Secret } from '../spi/secret.ts';
import type { Signer } from '../spi/signer.ts';
import type { DecryptionOptions } from '../wire/xml/decrypt.ts';

export interface SamlLogoutParts extends Omit<LogoutReaderOptions, 'decryption'> {
  readonly entityId: string;
  readonly signer: Signer;
  /** PEM: what opens the names that partners have encrypted for us. */
  readonly key: Secret<string>;
  readonly random: Random;
  readonly ephemeral: EphemeralStore;
}

export interface SamlLogout {
  readonly sloUrl: string;
  readonly logoutMessages: LogoutMessages;
  readonly messenger: LogoutMessenger;
  readonly readLogout: LogoutReader;
}

/** A server that does not take a connection within this has another trouble than load. */
const connectMs = 3000;

export function buildSamlLogout(parts: SamlLogoutParts): SamlLogout {
  const { sloUrl, partners, ephemeral, clock } = parts;
  const logoutMessages = createLogoutMessages(parts);
  const backChannel = createBackChannel({ connectMs });
  return {
    sloUrl,
    logoutMessages,
    messenger: createSamlMessenger({ partners, messages: logoutMessages, backChannel, ephemeral, clock }),
    readLogout: createLogoutReader({ ...parts, decryption: decryptionOf(parts.key) }),
  };
}

/** The signing key opens names too where it can: it is the only key of ours that partners know. */
function decryptionOf(pem: Secret<string>): DecryptionOptions {
  const key = createPrivateKey(pem.reveal());
  return { keys: key.asymmetricKeyType === 'rsa' ? [key] : [], ciphers: ['aes128-gcm', 'aes256-gcm'] };
}
