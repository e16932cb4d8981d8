/** @module The keys with which we sign and open on one side of SAML: those of the ring, or the files of the configuration; and those of partners that have their own. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { createSigner } from '../adapters/memory-signer.ts';
import type { SamlIdpConfiguration, SigningConfiguration } from '../config/saml-configuration.ts';
import type { OwnKey } from '../engine/key-expiry.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { KeySide } from '../spi/key-ring.ts';
import { Secret } from '../spi/secret.ts';
import type { SignatureAlgorithm, Signer } from '../spi/signer.ts';
import { readKeyCertificate } from '../wire/key-ring-file.ts';
import type { DecryptionOptions } from '../wire/xml/decrypt.ts';
import type { OwnKeys } from './own-keys.ts';

/** The signer for a partner, by its entityID, at this moment; without one for what is for everybody, such as our metadata. */
export type SignerOf = (entityId?: string) => Signer;

export interface Signers {
  /** One signer for a key and an algorithm, however many partners have them. @throws ERR_CONFIG_INVALID with the files and the line that name them. */
  open(signing: SigningConfiguration): Promise<SignerOf>;
  /** DER of every certificate with whose key something may be signed, each once: the ring's, then in the order of opening. */
  certificates(): readonly Uint8Array[];
  /** DER of every certificate with which partners may encrypt for us, the one to take first. */
  encryptionCertificates(): readonly Uint8Array[];
  /** What opens what was encrypted for us now. */
  decryption(): DecryptionOptions;
  /** The files of the configuration that count, for the alarm about their certificates; the ring has its own. */
  keys(): readonly OwnKey[];
  /** Changes whenever the certificates may have. */
  revision(): number;
}

export interface SignersParts {
  /** Of SAML. Absent: the identity provider. */
  readonly side?: KeySide;
  readonly home: HomeFolder;
  readonly ring: OwnKeys;
  /** The key that the ring takes the place of. Absent: no key of the configuration is. */
  readonly own?: Pick<SamlIdpConfiguration['signing'], 'key' | 'certificate'> | undefined;
  /** Told with which key something was signed for whom. */
  readonly signed?: (entityId: string, key: string) => void;
}

interface FileSigner {
  readonly id: string;
  readonly signer: Signer;
  readonly isOwn: boolean;
  readonly signing: SigningConfiguration;
  readonly opener: KeyObject;
}

export function createSigners({ side = 'idp', home, ring, own, signed = () => undefined }: SignersParts): Signers {
  const opening = new Map<string, Promise<FileSigner>>();
  const files: FileSigner[] = [];
  const isOwn = ({ key, certificate }: SigningConfiguration) => key === own?.key && certificate === own?.certificate;

  async function read(signing: SigningConfiguration): Promise<FileSigner> {
    const certificatePem = await home.readText(home.inConfiguration(signing.certificate));
    const key = new Secret(await home.readText(home.inConfiguration(signing.key)));
    const signer = atPlace(signing, () => createSigner(key, certificatePem, signing.algorithm));
    const { id } = readKeyCertificate(signer.certificate);
    const file = { id, signer, isOwn: isOwn(signing), signing, opener: createPrivateKey(key.reveal()) };
    files.push(file);
    return file;
  }

  function fromFile(signing: SigningConfiguration): Promise<FileSigner> {
    const name = JSON.stringify([signing.key, signing.certificate, signing.algorithm]);
    const file = opening.get(name) ?? read(signing);
    opening.set(name, file);
    return file;
  }

  /** The files of the configuration that count, each key once: the ring takes the place of our own. */
  function inForce(): readonly FileSigner[] {
    const counting = files.filter((file) => !file.isOwn || ring.signer(side, file.signing.algorithm) === undefined);
    return [...new Map(counting.map((file) => [file.id, file])).values()];
  }

  return {
    async open(signing) {
      const { algorithm } = signing;
      const inRing = (entityId?: string) => (isOwn(signing) ? ring.signer(side, algorithm, entityId) : undefined);
      // Where the ring has a key, the file may be gone: its key may have been retired.
      const file = inRing() === undefined ? await fromFile(signing) : undefined;
      const inFile = file && { id: file.id, signer: file.signer };
      return (entityId) => {
        const chosen = inRing(entityId) ?? inFile;
        if (chosen === undefined) throw noKey(algorithm);
        if (entityId !== undefined) signed(entityId, chosen.id);
        return chosen.signer;
      };
    },
    certificates() {
      const inRing = ring.certificates(side, 'signing');
      const files = inForce().map(({ signer }) => signer.certificate);
      return [...inRing, ...files.filter((file) => !inRing.some((one) => Buffer.compare(one, file) === 0))];
    },
    encryptionCertificates: () => ring.certificates(side, 'encryption'),
    decryption() {
      const keys = [...ring.openers(side), ...inForce().map(({ opener }) => opener)];
      return { keys: keys.filter((key) => key.asymmetricKeyType === 'rsa'), ciphers: ['aes128-gcm', 'aes256-gcm'] };
    },
    keys: () => inForce().map((file) => keyOfFile(file, side)),
    revision: ring.revision,
  };
}

function keyOfFile({ id, signer, signing, isOwn }: FileSigner, side: KeySide): OwnKey {
  const { notAfterAt } = readKeyCertificate(signer.certificate);
  const note = isOwn ? signing.certificate : `${signing.certificate}, for partners that it is configured for`;
  return { id, side, use: 'signing', state: 'active', notAfterAt, note };
}

function noKey(algorithm: SignatureAlgorithm): GatehouseError {
  return new GatehouseError('ERR_KEY_RING', 'the key ring has no active key that could sign', { facts: { algorithm } });
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
