/** @module Makes a key and a self-signed X.509 certificate for it, for HTTPS or for signing, without an openssl program. */
import { createHash, generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { GatehouseError } from '../spi/errors.ts';
import {
  bitString,
  boolean,
  contextExplicit,
  contextImplicit,
  integer,
  namedBits,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  setOfOne,
  time,
  utf8String,
} from '../wire/der.ts';

const oids = {
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

/** sha256WithRSAEncryption (RFC 8017 §A.2.4) and ecdsa-with-SHA256 (RFC 5758 §3.2). */
const signatureAlgorithms = {
  rsa: () => sequence(objectIdentifier('1.2.840.113549.1.1.11'), nothing()),
  ec: () => sequence(objectIdentifier('1.2.840.10045.4.3.2')),
} as const;

const keyTypes = {
  'rsa-2048': { family: 'rsa', bits: 2048 },
  'rsa-3072': { family: 'rsa', bits: 3072 },
  'rsa-4096': { family: 'rsa', bits: 4096 },
  'ec-p256': { family: 'ec', curve: 'P-256' },
  'ec-p384': { family: 'ec', curve: 'P-384' },
} as const;

export type SelfSignedKeyType = keyof typeof keyTypes;
export const selfSignedKeyTypes = Object.keys(keyTypes);
export const isSelfSignedKeyType = (name: string): name is SelfSignedKeyType => Object.hasOwn(keyTypes, name);

export type SelfSignedPurpose = 'server' | 'signing' | 'encryption';

export interface SelfSignedOptions {
  /** DNS names (`*.` in front allowed) and IP addresses for the subject alternative name; the first also names the subject. */
  readonly hostNames: readonly string[];
  /** 1 to 36,500. */
  readonly days: number;
  readonly keyType: SelfSignedKeyType;
  /** `server` (default): for TLS, with extended key usage serverAuth. `signing` and `encryption`: for SAML, without. */
  readonly purpose?: SelfSignedPurpose;
  /** Milliseconds since the epoch; now where it is left out. */
  readonly now?: number;
}

export interface SelfSigned {
  readonly certificatePem: string;
  /** PKCS #8, not encrypted. */
  readonly keyPem: string;
}

const dayMs = 24 * 3600 * 1000;
/** A century: past it nobody checks the date any more. */
const maxDays = 36_500;
/** RFC 5280 §A.1, ub-common-name. */
const maxCommonNameCharacters = 64;
const maxHostNames = 100;
/** The certificate is good at once for a peer whose clock is a little behind. */
const backdatedMs = 3600 * 1000;
/** RFC 5280 §4.1.2.2: at most 20 octets, positive; CA/Browser Forum asks for 64 random bits or more. */
const serialBytes = 16;

const dnsName = /^(?:\*\.)?(?:(?!-)[A-Za-z0-9-]{1,63}(?<!-)\.)*(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/;

/** @throws ERR_CONFIG_INVALID when a host name is neither a DNS name nor an IP address, or the days are out of range. */
export async function makeSelfSigned(options: SelfSignedOptions): Promise<SelfSigned> {
  const { hostNames, days, keyType, purpose = 'server', now = Date.now() } = options;
  const [subject] = hostNames;
  if (subject === undefined || hostNames.length > maxHostNames) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'a certificate needs 1 to 100 host names', {
      facts: { hostNames: hostNames.length },
    });
  }
  if (!Number.isSafeInteger(days) || days < 1 || days > maxDays) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'a certificate lives for 1 to 36500 days', { facts: { days } });
  }
  const names = hostNames.map(generalName);
  const { publicKey, privateKey } = await generate(keyType);
  const algorithm = signatureAlgorithms[keyTypes[keyType].family]();
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  const name = distinguishedName(subject);
  const tbs = sequence(
    contextExplicit(0, integer(Uint8Array.of(2))),
    integer(serialNumber()),
    algorithm,
    name,
    sequence(time(now - backdatedMs), time(now + days * dayMs)),
    name,
    spki,
    contextExplicit(3, sequence(...extensions(names, spki, keyType, purpose))),
  );
  const signature = new Uint8Array(sign('sha256', tbs, privateKey));
  return {
    certificatePem: pem('CERTIFICATE', sequence(tbs, algorithm, bitString(signature))),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function generate(keyType: SelfSignedKeyType): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  const type = keyTypes[keyType];
  return type.family === 'rsa'
    ? promisify(generateKeyPair)('rsa', { modulusLength: type.bits })
    : promisify(generateKeyPair)('ec', { namedCurve: type.curve });
}

/** Long host names do not fit a common name; the alternative names are what counts (RFC 9525 §6.3). */
function distinguishedName(hostName: string): Uint8Array {
  const text = hostName.slice(0, maxCommonNameCharacters);
  return sequence(setOfOne(sequence(objectIdentifier(oids.commonName), utf8String(text))));
}

function serialNumber(): Uint8Array {
  const bytes = new Uint8Array(randomBytes(serialBytes));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

/** RFC 5280 §4.2.1.6: dNSName is [2], iPAddress is [7]. */
function generalName(hostName: string): Uint8Array {
  // An address with a zone (`fe80::1%eth0`) means something on one machine only.
  if (isIP(hostName) !== 0 && !hostName.includes('%')) {
    return contextImplicit(7, addressBytes(hostName));
  }
  if (hostName.length > 253 || !dnsName.test(hostName)) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'a host name is neither a DNS name nor an IP address', {
      facts: { hostName: hostName.slice(0, 300) },
    });
  }
  return contextImplicit(2, new TextEncoder().encode(hostName));
}

function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) {
    return Uint8Array.from(address.split('.').map(Number));
  }
  // URL writes IPv6 in one form: hexadecimal groups, one `::` at most, no dotted tail.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const last = groups(tail ?? '');
  const zeros = Array.from({ length: 8 - groups(head).length - last.length }, () => '0');
  return Uint8Array.from(
    [...groups(head), ...zeros, ...last].flatMap((group) => {
      const number = Number.parseInt(group, 16);
      return [number >> 8, number & 0xff];
    }),
  );
}

function extension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octetString(value));
}

function extensions(
  names: readonly Uint8Array[],
  spki: Uint8Array,
  keyType: SelfSignedKeyType,
  purpose: SelfSignedPurpose,
): readonly Uint8Array[] {
  const digitalSignature = 0;
  const keyEncipherment = 2;
  const isRsa = keyTypes[keyType].family === 'rsa';
  const usages = {
    server: isRsa ? [digitalSignature, keyEncipherment] : [digitalSignature],
    signing: [digitalSignature],
    encryption: [keyEncipherment],
  }[purpose];
  // RFC 7093 §2, method 4 in spirit: the first 160 bits of SHA-256, here over the whole SubjectPublicKeyInfo.
  const keyId = new Uint8Array(createHash('sha256').update(spki).digest().subarray(0, 20));
  return [
    extension(oids.basicConstraints, true, sequence()),
    extension(oids.keyUsage, true, namedBits(usages)),
    ...(purpose === 'server' ? [extension(oids.extKeyUsage, false, sequence(objectIdentifier(oids.serverAuth)))] : []),
    extension(oids.subjectAltName, false, sequence(...names)),
    extension(oids.subjectKeyIdentifier, false, octetString(keyId)),
  ];
}

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
