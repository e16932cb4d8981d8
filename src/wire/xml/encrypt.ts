/** @module Encrypting an element for one recipient (xmlenc-core1 §4.1): a fresh key for the content, and that key for the recipient's. */
import { constants, createCipheriv, type KeyObject, publicEncrypt } from 'node:crypto';
import type { ContentCipher, KeyTransport } from '../../spi/xml-encryption.ts';
import { encodeBase64 } from '../encoding/base64.ts';
import { dsigNamespace } from './algorithms.ts';
import {
  contentCipherFacts,
  encryptedElementType,
  keyTransportFacts,
  xenc11Namespace,
  xencNamespace,
} from './encryption-algorithms.ts';
import type { CanonicalXml } from './writer.ts';

export interface Recipient {
  /** RSA; the modulus decides how long the encrypted key is. */
  readonly publicKey: KeyObject;
  readonly cipher: ContentCipher;
  readonly transport: KeyTransport;
}

/**
 * The element as `xenc:EncryptedData`, in canonical form with every namespace declared in it.
 * @param xml an element in canonical form, which declares what it uses: that is what the recipient finds.
 * @param randomBytes from a cryptographic generator: key and initialisation vector, new ones for each call.
 */
export function encryptElement(
  xml: string,
  { publicKey, cipher, transport }: Recipient,
  randomBytes: (length: number) => Uint8Array,
): CanonicalXml {
  const facts = contentCipherFacts[cipher];
  const contentKey = randomBytes(facts.keyBytes);
  const content = encryptContent(xml, cipher, contentKey, randomBytes(facts.ivBytes));
  const { uri, hash, digestUri, maskUri } = keyTransportFacts[transport];
  const padding = { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash } as const;
  const wrapped = publicEncrypt(padding, contentKey);
  const mask =
    maskUri === undefined ? '' : `<xenc11:MGF xmlns:xenc11="${xenc11Namespace}" Algorithm="${maskUri}"></xenc11:MGF>`;
  return {
    kind: 'canonical',
    xml:
      `<xenc:EncryptedData xmlns:xenc="${xencNamespace}" Type="${encryptedElementType}">` +
      `<xenc:EncryptionMethod Algorithm="${facts.uri}"></xenc:EncryptionMethod>` +
      `<ds:KeyInfo xmlns:ds="${dsigNamespace}"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="${uri}">` +
      `<ds:DigestMethod Algorithm="${digestUri}"></ds:DigestMethod>${mask}</xenc:EncryptionMethod>` +
      `${cipherData(wrapped)}</xenc:EncryptedKey></ds:KeyInfo>${cipherData(content)}</xenc:EncryptedData>`,
  };
}

/** Vector, then text, then tag where there is one (xmlenc-core1 §5.2). */
function encryptContent(xml: string, cipher: ContentCipher, key: Uint8Array, iv: Uint8Array): Uint8Array {
  switch (cipher) {
    case 'aes128-gcm':
    case 'aes256-gcm': {
      const gcm = createCipheriv(cipher === 'aes128-gcm' ? 'aes-128-gcm' : 'aes-256-gcm', key, iv);
      const text = Buffer.concat([gcm.update(xml, 'utf8'), gcm.final()]);
      return Buffer.concat([iv, text, gcm.getAuthTag()]);
    }
    case 'aes128-cbc':
    case 'aes256-cbc': {
      // Node pads by PKCS #7, one of the ways that xmlenc-core1 §5.2.1 allows: only the last byte counts there.
      const cbc = createCipheriv(contentCipherFacts[cipher].nodeName, key, iv);
      return Buffer.concat([iv, cbc.update(xml, 'utf8'), cbc.final()]);
    }
    default:
      return cipher satisfies never;
  }
}

function cipherData(bytes: Uint8Array): string {
  return `<xenc:CipherData><xenc:CipherValue>${encodeBase64(bytes)}</xenc:CipherValue></xenc:CipherData>`;
}
