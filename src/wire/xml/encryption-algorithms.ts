/** @module The algorithms of XML encryption that Gatehouse knows (xmlenc-core1 §5). What is not here is refused. */
import { type ContentCipher, contentCiphers, type KeyTransport } from '../../spi/xml-encryption.ts';
import { dsigNamespace } from './algorithms.ts';

export const xencNamespace = 'http://www.w3.org/2001/04/xmlenc#';
export const xenc11Namespace = 'http://www.w3.org/2009/xmlenc11#';

/** What `Type` says of an element that was encrypted whole, its tags included (xmlenc-core1 §3.1). */
export const encryptedElementType = `${xencNamespace}Element`;

export interface ContentCipherFacts {
  readonly uri: string;
  readonly nodeName: string;
  readonly keyBytes: number;
  readonly ivBytes: number;
  /** 0 where nothing authenticates the content. */
  readonly tagBytes: number;
}

const gcm = { ivBytes: 12, tagBytes: 16 } as const;
const cbc = { ivBytes: 16, tagBytes: 0 } as const;

export const contentCipherFacts: Readonly<Record<ContentCipher, ContentCipherFacts>> = {
  'aes128-gcm': { uri: `${xenc11Namespace}aes128-gcm`, nodeName: 'aes-128-gcm', keyBytes: 16, ...gcm },
  'aes256-gcm': { uri: `${xenc11Namespace}aes256-gcm`, nodeName: 'aes-256-gcm', keyBytes: 32, ...gcm },
  'aes128-cbc': { uri: `${xencNamespace}aes128-cbc`, nodeName: 'aes-128-cbc', keyBytes: 16, ...cbc },
  'aes256-cbc': { uri: `${xencNamespace}aes256-cbc`, nodeName: 'aes-256-cbc', keyBytes: 32, ...cbc },
};

export interface KeyTransportFacts {
  readonly uri: string;
  readonly hash: 'sha256' | 'sha1';
  readonly digestUri: string;
  /** Absent where the identifier itself names the mask. */
  readonly maskUri?: string;
}

export const keyTransportFacts: Readonly<Record<KeyTransport, KeyTransportFacts>> = {
  'rsa-oaep-sha256': {
    uri: `${xenc11Namespace}rsa-oaep`,
    hash: 'sha256',
    digestUri: `${xencNamespace}sha256`,
    maskUri: `${xenc11Namespace}mgf1sha256`,
  },
  'rsa-oaep-sha1': { uri: `${xencNamespace}rsa-oaep-mgf1p`, hash: 'sha1', digestUri: `${dsigNamespace}sha1` },
};

export function contentCipherOf(uri: string): ContentCipher | undefined {
  return contentCiphers.find((cipher) => contentCipherFacts[cipher].uri === uri);
}

/**
 * The transport that an EncryptionMethod describes. Both identifiers may carry any digest and the newer one any mask; what Node's
 * OAEP can do is one hash for both, so other pairs are not known.
 * @param digestUri absent: SHA-1 (xmlenc-core1 §5.5.2)
 * @param maskUri absent: MGF1 with SHA-1
 */
export function keyTransportOf(
  uri: string,
  digestUri: string | undefined,
  maskUri: string | undefined,
): KeyTransport | undefined {
  const { digestUri: sha256, maskUri: mgf1sha256 } = keyTransportFacts['rsa-oaep-sha256'];
  const { digestUri: sha1 } = keyTransportFacts['rsa-oaep-sha1'];
  const digest = digestUri ?? sha1;
  const mask = maskUri ?? `${xenc11Namespace}mgf1sha1`;
  if (uri === keyTransportFacts['rsa-oaep-sha256'].uri) {
    if (digest === sha256 && mask === mgf1sha256) return 'rsa-oaep-sha256';
    return digest === sha1 && mask === `${xenc11Namespace}mgf1sha1` ? 'rsa-oaep-sha1' : undefined;
  }
  const isOlder = uri === keyTransportFacts['rsa-oaep-sha1'].uri;
  return isOlder && digest === sha1 && maskUri === undefined ? 'rsa-oaep-sha1' : undefined;
}
