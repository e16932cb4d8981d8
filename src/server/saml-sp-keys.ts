/** @module The keys of applications as service providers: one that signs, and one or two that open. Made at the start where none are named. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { makeSelfSigned } from '../adapters/self-signed.ts';
import type { SamlSpConfiguration } from '../config/configuration.ts';
import { GatehouseError } from '../spi/errors.ts';
import { Secret } from '../spi/secret.ts';
import type { OwnKeys } from './own-keys.ts';
import { createSigners, type SignerOf, type Signers } from './signers.ts';

export interface SamlSpKeys {
  readonly signer: SignerOf;
  /** DER. */
  readonly certificates: () => readonly Uint8Array[];
  /** DER, the one to take first; none where no key of ours can open anything. */
  readonly encryptionCertificates: () => readonly Uint8Array[];
  readonly decryption: () => { readonly keys: readonly KeyObject[] };
  /** Files that count, for the alarm about their certificates. */
  readonly keys: Signers['keys'];
  /** Changes whenever the certificates may have. */
  readonly revision: () => number;
}

/** Ten years: identity providers pin this certificate, and nothing but its key means anything to them. */
const certificateDays = 3650;
const keyFileMode = 0o600;
const publicFileMode = 0o644;

const defaults = { key: 'data/keys/sp.key', certificate: 'data/keys/sp.crt' } as const;

/** The ring's keys of this side take the place of the files, as they do for the identity provider. @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE, ERR_KEY_RING */
export async function openSamlSpKeys(
  { home, ring }: { readonly home: HomeFolder; readonly ring: OwnKeys },
  configured: SamlSpConfiguration,
): Promise<SamlSpKeys> {
  const { signing, encryption } = configured;
  await makeWhereNone(home, signing);
  const signers = createSigners({ side: 'sp', home, ring, own: signing });
  const signer = await signers.open(signing);
  const opener = encryption && (await openPair(home, encryption));
  const opensItself = () => (signers.decryption().keys.length === 0 ? [] : signers.certificates().slice(0, 1));
  return {
    signer,
    certificates: signers.certificates,
    encryptionCertificates() {
      const inRing = signers.encryptionCertificates();
      if (inRing.length > 0) return inRing;
      // Only an RSA key opens anything (xmlenc-core1 §5.5).
      return opener === undefined ? opensItself() : [opener.certificate];
    },
    // What was encrypted before there was a key of its own was encrypted for the one that signs.
    decryption: () => ({ keys: [...(opener === undefined ? [] : [opener.key]), ...signers.decryption().keys] }),
    keys: signers.keys,
    revision: signers.revision,
  };
}

/** Only the pair that nobody has named is made: a name that leads nowhere is a mistake. */
async function makeWhereNone(home: HomeFolder, { key, certificate }: SamlSpConfiguration['signing']): Promise<void> {
  if (key !== defaults.key || certificate !== defaults.certificate) return;
  if ((await home.exists(key)) || (await home.exists(certificate))) return;
  const pair = await makeSelfSigned({
    hostNames: ['gatehouse-sp'],
    days: certificateDays,
    keyType: 'rsa-2048',
    purpose: 'signing',
  });
  await home.createText(key, pair.keyPem, keyFileMode);
  await home.createText(certificate, pair.certificatePem, publicFileMode);
}

async function openPair(home: HomeFolder, { key, certificate, place }: NonNullable<SamlSpConfiguration['encryption']>) {
  const facts = { key, certificate, place: `${place.file}:${place.line}` };
  const pem = new Secret(await home.readText(home.inConfiguration(key)));
  const certificatePem = await home.readText(home.inConfiguration(certificate));
  try {
    const opener = createPrivateKey(pem.reveal());
    const known = new X509Certificate(certificatePem);
    if (opener.asymmetricKeyType === 'rsa' && known.checkPrivateKey(opener)) {
      return { key: opener, certificate: new Uint8Array(known.raw) };
    }
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new GatehouseError('ERR_CONFIG_INVALID', 'the key pair for encryption cannot be read', { cause, facts });
  }
  throw new GatehouseError(
    'ERR_CONFIG_INVALID',
    'the key for encryption is no RSA key, or not that of its certificate',
    {
      facts,
    },
  );
}
