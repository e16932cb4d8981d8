/** @module What a case of the clinic names: metadata, keys and the message, read from files, once in a batch. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readBounded, readBoundedText } from '../../adapters/bounded-file.ts';
import { fixedPartners } from '../../metadata/partners.ts';
import { createPartner } from '../../protocols/saml-idp/partner.ts';
import type { Partners } from '../../protocols/saml-idp/partners.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { ContentCipher } from '../../spi/xml-encryption.ts';
import { type IdpMetadata, readIdpMetadata, readMetadata } from '../../wire/saml/metadata-reader.ts';
import type { DecryptionOptions } from '../../wire/xml/decrypt.ts';
import type { SamlCase } from './saml-case.ts';

const maxMetadataBytes = 16 * 1024 * 1024;
const maxKeyBytes = 64 * 1024;
/** Far over what the endpoints take, so that it is they who say that it is too much. */
const maxMessageBytes = 64 * 1024 * 1024;

const strictCiphers: readonly ContentCipher[] = ['aes128-gcm', 'aes256-gcm'];
const allCiphers: readonly ContentCipher[] = [...strictCiphers, 'aes128-cbc', 'aes256-cbc'];

/** Each throws ERR_CONFIG_UNREADABLE or ERR_SAML_METADATA for what is wrong with the case and not with the message. */
export interface Inputs {
  message(one: SamlCase): Promise<Uint8Array>;
  /** Finds an identity provider by its entityID. @throws ERR_SAML_UNKNOWN_PARTNER */
  identityProviders(one: SamlCase): Promise<(issuer: string, now: number) => IdpMetadata>;
  serviceProviders(one: SamlCase): Promise<Partners>;
  decryption(one: SamlCase): Promise<DecryptionOptions>;
}

export function createInputs(readStandardInput: () => Promise<Uint8Array>): Inputs {
  const metadataOf = kept((path) => textOf(path, maxMetadataBytes));
  const providersIn = kept(async (path) => {
    const providers = readIdpMetadata(await metadataOf(path));
    if (providers.length === 0) throw badMetadata('it holds no identity provider of SAML 2.0', path);
    return providers;
  });
  const partnersOf = kept(async (path) => partnersIn(await metadataOf(path), path));
  const strictPartnersOf = kept(async (path) => partnersIn(await metadataOf(path), path, true));
  const privateKeys = kept(async (path) => privateKeyOf(await textOf(path, maxKeyBytes), path));

  return {
    async message({ source }) {
      if ('text' in source) return Buffer.from(source.text);
      if (source.file === '-') return readStandardInput();
      const read = await readBounded(source.file, maxMessageBytes);
      if (read.status === 'read') return read.bytes;
      throw unreadable(source.file, read.status === 'unchanged' ? 'it has not changed' : read.problem);
    },
    async identityProviders({ partnerMetadata }) {
      const providers = await providersIn(partnerMetadata);
      return (issuer, now) => providerOf(providers, issuer, now);
    },
    serviceProviders: ({ partnerMetadata, requireSigned }) =>
      (requireSigned ? strictPartnersOf : partnersOf)(partnerMetadata),
    async decryption({ decryptKey, allowCbc }) {
      const keys = decryptKey === undefined ? [] : [await privateKeys(decryptKey)];
      return { keys, ciphers: allowCbc ? allCiphers : strictCiphers };
    },
  };
}

function providerOf(providers: readonly IdpMetadata[], issuer: string, now: number): IdpMetadata {
  const found = providers.find(({ entityId }) => entityId === issuer);
  if (found !== undefined && (found.validUntil === undefined || now < found.validUntil)) return found;
  const message = found === undefined ? 'no identity provider has this entityID' : 'the metadata has run out';
  throw new GatehouseError('ERR_SAML_UNKNOWN_PARTNER', message, { facts: { issuer: issuer.slice(0, 200) } });
}

function partnersIn(xml: string, path: string, requireSignedRequests?: boolean): Partners {
  const providers = readMetadata(xml);
  if (providers.length === 0) throw badMetadata('it holds no service provider of SAML 2.0', path);
  const settings = { sign: 'assertion', roleAttribute: 'Role', requireSignedRequests } as const;
  return fixedPartners(providers.map((sp) => createPartner(sp, settings)));
}

async function textOf(path: string, maxBytes: number): Promise<string> {
  const read = await readBoundedText(path, maxBytes);
  if ('problem' in read) throw unreadable(path, read.problem);
  return read.text;
}

function privateKeyOf(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    throw unreadable(file, 'it holds no private key in PEM');
  }
}

function unreadable(file: string, problem: string): GatehouseError {
  return new GatehouseError('ERR_CONFIG_UNREADABLE', 'a file of the case cannot be used', { facts: { file, problem } });
}

function badMetadata(problem: string, file: string): GatehouseError {
  return new GatehouseError('ERR_SAML_METADATA', "the partner's metadata cannot be used", { facts: { file, problem } });
}

/** Read once in a batch. */
function kept<T>(read: (path: string) => Promise<T>): (path: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (path) => {
    const found = known.get(path) ?? read(path);
    known.set(path, found);
    return found;
  };
}
