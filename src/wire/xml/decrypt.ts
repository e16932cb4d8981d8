/** @module Decrypting an element that was encrypted for us (xmlenc-core1 §4.2): the shapes that SAML partners send, and nothing else. */
import { constants, createDecipheriv, type KeyObject, privateDecrypt } from 'node:crypto';
import { GatehouseError } from '../../spi/errors.ts';
import type { ContentCipher, KeyTransport } from '../../spi/xml-encryption.ts';
import { decodeWrappedBase64 } from '../encoding/base64.ts';
import { decodeUtf8 } from '../encoding/utf8.ts';
import { dsigNamespace } from './algorithms.ts';
import { attribute, child, children, isElement, textOf, type XmlElement } from './element.ts';
import {
  contentCipherFacts,
  contentCipherOf,
  encryptedElementType,
  keyTransportFacts,
  keyTransportOf,
  xenc11Namespace,
  xencNamespace,
} from './encryption-algorithms.ts';

export interface DecryptionOptions {
  /** Our private RSA keys: two during a roll-over. */
  readonly keys: readonly KeyObject[];
  /** The ciphers that this partner may use; the default of a partner has no CBC. */
  readonly ciphers: readonly ContentCipher[];
}

/** One key for each of our keys and a few for others: each one costs a private key operation for each key of ours. */
const maxEncryptedKeys = 4;

/**
 * The text of the element that was encrypted, to be parsed as a document of its own: it cannot lean on what was around it. Nothing
 * says who encrypted it; only a signature inside, or over the whole, does.
 * @param container what holds `xenc:EncryptedData`, and `xenc:EncryptedKey` beside it or inside its KeyInfo (saml-core §2.3.4).
 * @throws ERR_XML_ENCRYPTION with one message for every fault of a key or of the content, so that nobody learns which it was.
 */
export function decryptElement(container: XmlElement, { keys, ciphers }: DecryptionOptions): string {
  const [data, second] = children(container, xencNamespace, 'EncryptedData');
  if (data === undefined || second !== undefined) throw refused('There is not exactly one EncryptedData');
  const type = attribute(data, 'Type');
  if (type !== undefined && type !== encryptedElementType) throw refused('What is encrypted is not a whole element');
  const cipher = contentCipherOf(methodOf(data)?.algorithm ?? '');
  if (cipher === undefined) throw refused('The content is encrypted by an algorithm that is not known');
  if (!ciphers.includes(cipher)) throw refused('The content is encrypted by an algorithm that is not allowed', cipher);
  const content = cipherValueOf(data);
  const contentKey = keyOf(encryptedKeysOf(container, data), keys, contentCipherFacts[cipher].keyBytes);
  const plain = contentKey && decryptContent(content, cipher, contentKey);
  if (plain === undefined) throw refused('The element cannot be decrypted with any of our keys');
  return decodeUtf8(plain);
}

interface Method {
  readonly algorithm: string;
  readonly element: XmlElement;
}

function methodOf(holder: XmlElement): Method | undefined {
  const element = child(holder, xencNamespace, 'EncryptionMethod');
  const algorithm = element && attribute(element, 'Algorithm');
  return element === undefined || algorithm === undefined ? undefined : { algorithm, element };
}

function encryptedKeysOf(container: XmlElement, data: XmlElement): readonly XmlElement[] {
  const info = child(data, dsigNamespace, 'KeyInfo');
  const inside = info === undefined ? [] : children(info, xencNamespace, 'EncryptedKey');
  const found = [...inside, ...children(container, xencNamespace, 'EncryptedKey')];
  if (found.length > maxEncryptedKeys) throw refused('There are too many encrypted keys');
  return found;
}

/** The content's key, from the first encrypted one that one of our keys opens to the right length. */
function keyOf(encrypted: readonly XmlElement[], keys: readonly KeyObject[], keyBytes: number): Uint8Array | undefined {
  for (const holder of encrypted) {
    const transport = transportOf(holder);
    if (transport === undefined) continue;
    const value = cipherValueOf(holder);
    for (const key of keys) {
      const opened = unwrapped(key, transport, value);
      if (opened?.byteLength === keyBytes) return opened;
    }
  }
  return undefined;
}

function transportOf(holder: XmlElement): KeyTransport | undefined {
  const method = methodOf(holder);
  if (method === undefined) return undefined;
  // A label would have to be known beforehand: SAML partners have none.
  if (child(method.element, xencNamespace, 'OAEPparams') !== undefined) return undefined;
  const digest = child(method.element, dsigNamespace, 'DigestMethod');
  const mask = child(method.element, xenc11Namespace, 'MGF');
  return keyTransportOf(
    method.algorithm,
    digest && (attribute(digest, 'Algorithm') ?? ''),
    mask && (attribute(mask, 'Algorithm') ?? ''),
  );
}

function unwrapped(key: KeyObject, transport: KeyTransport, value: Uint8Array): Uint8Array | undefined {
  const { hash } = keyTransportFacts[transport];
  return undefinedOnFault(() =>
    privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, value),
  );
}

function decryptContent(content: Uint8Array, cipher: ContentCipher, key: Uint8Array): Uint8Array | undefined {
  const { ivBytes, tagBytes, nodeName } = contentCipherFacts[cipher];
  if (content.byteLength < ivBytes + tagBytes) return undefined;
  const iv = content.subarray(0, ivBytes);
  const text = content.subarray(ivBytes, content.byteLength - tagBytes);
  switch (cipher) {
    case 'aes128-gcm':
    case 'aes256-gcm':
      return undefinedOnFault(() => {
        const options = { authTagLength: tagBytes };
        const gcm = createDecipheriv(cipher === 'aes128-gcm' ? 'aes-128-gcm' : 'aes-256-gcm', key, iv, options);
        gcm.setAuthTag(content.subarray(content.byteLength - tagBytes));
        return Buffer.concat([gcm.update(text), gcm.final()]);
      });
    case 'aes128-cbc':
    case 'aes256-cbc':
      return undefinedOnFault(() => {
        const cbc = createDecipheriv(nodeName, key, iv).setAutoPadding(false);
        return unpadded(Buffer.concat([cbc.update(text), cbc.final()]));
      });
    default:
      return cipher satisfies never;
  }
}

/** xmlenc-core1 §5.2.1: the last byte says how many go, and the others may be anything. */
function unpadded(text: Uint8Array): Uint8Array | undefined {
  const padding = text.at(-1) ?? 0;
  return padding < 1 || padding > 16 || padding > text.byteLength
    ? undefined
    : text.subarray(0, text.byteLength - padding);
}

/** The bytes of the one CipherValue; a reference to somewhere else is never followed. */
function cipherValueOf(holder: XmlElement): Uint8Array {
  const data = child(holder, xencNamespace, 'CipherData');
  const [value, other] = data?.content.filter((node): node is XmlElement => typeof node !== 'string') ?? [];
  if (value === undefined || other !== undefined || !isElement(value, xencNamespace, 'CipherValue')) {
    throw refused('CipherData does not hold one CipherValue');
  }
  const bytes = decodeWrappedBase64(textOf(value) ?? '');
  if (bytes === undefined) throw refused('CipherValue is not base64');
  return bytes;
}

/** OpenSSL says no by throwing; whatever it says, the answer is the same. */
function undefinedOnFault<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
}

function refused(message: string, cipher?: string): GatehouseError {
  return new GatehouseError('ERR_XML_ENCRYPTION', message, cipher === undefined ? {} : { facts: { cipher } });
}
