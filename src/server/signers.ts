/** @module The keys with which the identity provider signs and opens: one for everybody, and those of partners that have another algorithm or key. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { createSigner } from '../adapters/memory-signer.ts';
import type { SigningConfiguration } from '../config/saml-configuration.ts';
import { GatehouseError } from '../spi/errors.ts';
import { Secret } from '../spi/secret.ts';
import type { Signer } from '../spi/signer.ts';
import type { DecryptionOptions } from '../wire/xml/decrypt.ts';

/** The signer for a partner, by its entityID, at this moment; without one for what is for everybody, such as our metadata. */
export type SignerOf = (entityId?: string) => Signer;

export interface Signers {
  /** One signer for a key and an algorithm, however many partners have them. @throws ERR_CONFIG_INVALID with the files and the line that name them. */
  open(signing: SigningConfiguration): Promise<SignerOf>;
  /** DER of every certificate with whose key something may be signed, in the order of opening, each once. */
  certificates(): readonly Uint8Array[];
  /** DER of every certificate with which partners may encrypt for us, the one to take first. */
  encryptionCertificates(): readonly Uint8Array[];
  /** What opens what was encrypted for us now. */
  decryption(): DecryptionOptions;
}

export function createSigners(home: HomeFolder): Signers {
  const opened = new Map<string, Promise<Signer>>();
  const certificates: Uint8Array[] = [];
  const openers: KeyObject[] = [];

  async function make(signing: SigningConfiguration): Promise<Signer> {
    const certificatePem = await home.readText(home.inConfiguration(signing.certificate));
    const key = new Secret(await home.readText(home.inConfiguration(signing.key)));
    const signer = atPlace(signing, () => createSigner(key, certificatePem, signing.algorithm));
    if (!certificates.some((known) => Buffer.compare(known, signer.certificate) === 0)) {
      certificates.push(signer.certificate);
      const opener = createPrivateKey(key.reveal());
      if (opener.asymmetricKeyType === 'rsa') openers.push(opener);
    }
    return signer;
  }

  return {
    async open(signing) {
      const name = JSON.stringify([signing.key, signing.certificate, signing.algorithm]);
      const opening = opened.get(name) ?? make(signing);
      opened.set(name, opening);
      const signer = await opening;
      return () => signer;
    },
    certificates: () => certificates,
    encryptionCertificates: () => [],
    decryption: () => ({ keys: openers, ciphers: ['aes128-gcm', 'aes256-gcm'] }),
  };
}

function atPlace<T>(signing: SigningConfiguration, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    if (!(cause instanceof GatehouseError)) throw cause;
    const place = `${signing.place.file}:${signing.place.line}`;
    throw new GatehouseError(cause.code, cause.message, {
      cause,
      facts: { ...cause.facts, key: signing.key, certificate: signing.certificate, place },
    });
  }
}
