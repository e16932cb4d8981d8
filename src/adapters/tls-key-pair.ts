/** @module TLS certificate chain and private key from PEM files: checked before anybody relies on them. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { type ErrorFacts, GatehouseError } from '../spi/errors.ts';
import { readBoundedText } from './bounded-file.ts';

export interface KeyPairFiles {
  /** Absolute path: the certificate, then each issuer; the root may be left out. */
  readonly certificate: string;
  /** Absolute path of the private key. */
  readonly key: string;
}

export interface KeyPairOptions extends KeyPairFiles {
  /** Each must be covered by the subject alternative name. */
  readonly hostNames: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Goes as it is into `createServer` and `setSecureContext`. */
export interface TlsKeyPair {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.2';
  /** When the first certificate of the chain to expire does. */
  readonly notAfterAt: number;
  /** SHA-256 of the leaf, in capitals with colons. */
  readonly fingerprint: string;
}

/** A chain of ten RSA-4096 certificates has 25 kB. */
export const maxPemBytes = 256 * 1024;
const maxChain = 10;
/** NIST SP 800-131A: less than 112 bits of strength is disallowed; 16,384 is where OpenSSL itself ends. */
const rsaBits = { least: 2048, most: 16_384 } as const;
const curves: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];
const serverAuth = '1.3.6.1.5.5.7.3.1';

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function refuse(message: string, facts: ErrorFacts, cause?: unknown): never {
  throw new GatehouseError('ERR_TLS_KEY_PAIR', message, { facts, cause });
}

/** OpenSSL says in a code that input is bad; everything else is a bug. */
function isOpenSslError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^ERR_(?:OSSL|SSL|CRYPTO)/.test(String(error.code));
}

function attempt<T>(action: () => T, message: string, facts: ErrorFacts): T {
  try {
    return action();
  } catch (error) {
    if (!isOpenSslError(error)) {
      throw error;
    }
    return refuse(message, facts, error);
  }
}

const subjectOf = (certificate: X509Certificate) => certificate.subject.replaceAll('\n', ', ').slice(0, 200);

function parseChain(pem: string, file: string): readonly X509Certificate[] {
  const blocks = pem.match(certificateBlock) ?? [];
  if (blocks.length === 0) {
    refuse('the file holds no PEM certificate', { file });
  }
  if (blocks.length > maxChain) {
    refuse('the chain is too long', { file, certificates: blocks.length, most: maxChain });
  }
  return blocks.map((block, index) =>
    attempt(() => new X509Certificate(block), 'a certificate cannot be read', { file, certificate: index + 1 }),
  );
}

function parseKey(pem: string, file: string): KeyObject {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(pem)) {
    refuse(
      'the private key is encrypted; decrypt it with `openssl pkey -in <file> -out <new file>` and protect the file',
      {
        file,
      },
    );
  }
  if (!/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(pem)) {
    refuse('the file holds no PEM private key', { file });
  }
  return attempt(() => createPrivateKey(pem), 'the private key cannot be read', { file });
}

function checkStrength(key: KeyObject, facts: ErrorFacts): void {
  const type = key.asymmetricKeyType ?? 'unknown';
  const { modulusLength = 0, namedCurve = 'unknown' } = key.asymmetricKeyDetails ?? {};
  if (type === 'rsa' || type === 'rsa-pss') {
    if (modulusLength < rsaBits.least || modulusLength > rsaBits.most) {
      refuse('an RSA key must have 2048 to 16384 bits', { ...facts, bits: modulusLength });
    }
  } else if (type === 'ec') {
    if (!curves.includes(namedCurve)) {
      refuse('an EC key must be on P-256, P-384 or P-521', { ...facts, curve: namedCurve });
    }
  } else {
    refuse('the key must be RSA or EC', { ...facts, type });
  }
}

/** RFC 8446 §4.4.2: the leaf first, each certificate certifying the one before it. */
function checkOrder(chain: readonly X509Certificate[], file: string): void {
  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[index + 1] ?? certificate;
    const isLast = issuer === certificate;
    if (isLast && certificate.issuer !== certificate.subject) {
      continue;
    }
    const facts = { file, certificate: index + 1, subject: subjectOf(certificate), issuer: subjectOf(issuer) };
    const issued = isLast || certificate.checkIssued(issuer);
    if (!issued) {
      refuse('a certificate is not issued by the next one; the order is leaf, intermediates, root', facts);
    }
    const signed = attempt(
      () => certificate.verify(issuer.publicKey),
      'a signature in the chain cannot be checked',
      facts,
    );
    if (!signed) {
      refuse('the signature of a certificate is not by the next one', facts);
    }
    if (!isLast && !issuer.ca) {
      refuse('a certificate is issued by one that is not a certification authority', facts);
    }
  }
}

function checkDates(chain: readonly X509Certificate[], now: number, file: string): void {
  for (const [index, certificate] of chain.entries()) {
    const facts = { file, certificate: index + 1, subject: subjectOf(certificate) };
    if (now < certificate.validFromDate.getTime()) {
      refuse('a certificate is not valid yet', { ...facts, validFrom: certificate.validFromDate.toISOString() });
    }
    if (now > certificate.validToDate.getTime()) {
      refuse('a certificate has expired', { ...facts, validTo: certificate.validToDate.toISOString() });
    }
  }
}

/** Browsers read the subject alternative name only (RFC 9525 §6.3). */
function checkHostNames(leaf: X509Certificate, hostNames: readonly string[], file: string): void {
  for (const hostName of hostNames) {
    const covered = isIP(hostName) === 0 ? leaf.checkHost(hostName, { subject: 'never' }) : leaf.checkIP(hostName);
    if (covered === undefined) {
      const covers = (leaf.subjectAltName ?? 'nothing').slice(0, 500);
      refuse('the certificate does not cover a host name', { file, hostName, covers });
    }
  }
}

function checkKeyBelongs(chain: readonly X509Certificate[], key: KeyObject, files: KeyPairFiles): X509Certificate {
  const [leaf] = chain;
  if (leaf?.checkPrivateKey(key) === true) {
    return leaf;
  }
  const facts = { file: files.certificate, keyFile: files.key };
  const position = chain.findIndex((certificate) => certificate.checkPrivateKey(key)) + 1;
  return position > 0
    ? refuse('the certificate of the private key must come first; the order is leaf, intermediates, root', {
        ...facts,
        position,
      })
    : refuse('the private key does not belong to the certificate', facts);
}

/** Everything but the reading. @throws ERR_TLS_KEY_PAIR with what is wrong and in which file. */
export function checkKeyPair(pem: { certificate: string; key: string }, options: KeyPairOptions): TlsKeyPair {
  const chain = parseChain(pem.certificate, options.certificate);
  const key = parseKey(pem.key, options.key);
  const leaf = checkKeyBelongs(chain, key, options);
  checkStrength(key, { file: options.key });
  for (const [index, certificate] of chain.entries()) {
    checkStrength(certificate.publicKey, { file: options.certificate, certificate: index + 1 });
  }
  checkOrder(chain, options.certificate);
  checkDates(chain, options.now, options.certificate);
  // Node calls the extended key usage `keyUsage`; without one a certificate is good for everything.
  if (leaf.keyUsage !== undefined && !leaf.keyUsage.includes(serverAuth)) {
    refuse('the certificate is not for servers: its extended key usage lacks serverAuth', {
      file: options.certificate,
    });
  }
  checkHostNames(leaf, options.hostNames, options.certificate);
  const context = { cert: chain.map(String).join(''), key: pem.key, minVersion: 'TLSv1.2' } as const;
  attempt(() => createSecureContext(context), 'OpenSSL does not take the key pair', { file: options.certificate });
  const notAfterAt = Math.min(...chain.map(({ validToDate }) => validToDate.getTime()));
  return { ...context, notAfterAt, fingerprint: leaf.fingerprint256 };
}

/** @throws ERR_TLS_KEY_PAIR also when a file cannot be read. */
export async function loadKeyPair(options: KeyPairOptions): Promise<TlsKeyPair> {
  const read = async (file: string) => {
    const result = await readBoundedText(file, maxPemBytes);
    return 'text' in result ? result.text : refuse('the file cannot be read', { file, problem: result.problem });
  };
  return checkKeyPair({ certificate: await read(options.certificate), key: await read(options.key) }, options);
}
