/** @module The keys with which the identity provider signs: one for everybody, and those of partners that have another algorithm or key. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import { createSigner } from '../adapters/memory-signer.ts';
import type { SigningConfiguration } from '../config/saml-configuration.ts';
import { GatehouseError } from '../spi/errors.ts';
import { Secret } from '../spi/secret.ts';
import type { Signer } from '../spi/signer.ts';

export interface Signers {
  /** One signer for a key and an algorithm, however many partners have them. @throws ERR_CONFIG_INVALID with the files and the line that name them. */
  open(signing: SigningConfiguration): Promise<Signer>;
  /** DER of every certificate with whose key something may be signed, in the order of opening, each once. */
  certificates(): readonly Uint8Array[];
}

export function createSigners(home: HomeFolder): Signers {
  const opened = new Map<string, Promise<Signer>>();
  const certificates: Uint8Array[] = [];

  async function make(signing: SigningConfiguration): Promise<Signer> {
    const certificatePem = await home.readText(home.inConfiguration(signing.certificate));
    const key = new Secret(await home.readText(home.inConfiguration(signing.key)));
    const signer = atPlace(signing, () => createSigner(key, certificatePem, signing.algorithm));
    if (!certificates.some((known) => Buffer.compare(known, signer.certificate) === 0)) {
      certificates.push(signer.certificate);
    }
    return signer;
  }

  return {
    open(signing) {
      const name = JSON.stringify([signing.key, signing.certificate, signing.algorithm]);
      const signer = opened.get(name) ?? make(signing);
      opened.set(name, signer);
      return signer;
    },
    certificates: () => certificates,
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
