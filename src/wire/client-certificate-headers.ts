/** @module The header fields in which a proxy that ends TLS hands on the client's certificate: one reader for each product's way. */
import { maxCertificateBytes, maxCertificateChain } from '../spi/evidence-limits.ts';
import { readDer } from './der-reader.ts';
import { decodeBase64, decodeWrappedBase64 } from './encoding/base64.ts';

export const clientCertificateFormats = ['nginx', 'apache', 'haproxy', 'rfc9440', 'traefik', 'envoy'] as const;
export type ClientCertificateFormat = (typeof clientCertificateFormats)[number];

export type HeaderFields = Readonly<Record<string, string | undefined>>;

/** Leaf first, DER. `undefined`: the field is not there or empty. Empty: what is there cannot be read. */
export type HeaderChain = readonly Uint8Array[] | undefined;

interface Format {
  /** What the product's documentation calls the field, lower case. */
  readonly header: string;
  readonly read: (value: string, headers: HeaderFields) => HeaderChain;
}

const unreadable: readonly Uint8Array[] = [];

/** Base64 is a third longer than what it stands for, percent escapes at most three times as long as that. */
const maxHeaderCharacters = maxCertificateChain * maxCertificateBytes * 4;

const formats: Readonly<Record<ClientCertificateFormat, Format>> = {
  nginx: { header: 'x-ssl-client-cert', read: (value) => chainOf([pemCertificate(percentDecoded(value))]) },
  apache: { header: 'x-ssl-client-cert', read: (value) => chainOf([pemCertificate(value)]) },
  haproxy: { header: 'x-ssl-client-cert', read: readHaproxy },
  rfc9440: { header: 'client-cert', read: readRfc9440 },
  traefik: { header: 'x-forwarded-tls-client-cert', read: readTraefik },
  envoy: { header: 'x-forwarded-client-cert', read: readEnvoy },
};

/** Second field of RFC 9440 §2.3. */
const rfc9440Chain = 'client-cert-chain';

/** Fields that speak of a client certificate in some product: they come from a proxy that was configured, or they do not count. */
const known =
  /^(?:client-cert(?:-chain)?|x-forwarded-client-cert|x-forwarded-tls-client-cert(?:-.*)?|(?:x-)?ssl-(?:client|cipher|protocol|session).*|x-client-(?:cert|dn|verify).*|x-arr-clientcert|ssl-cert.*)$/;

export function isClientCertificateHeader(name: string): boolean {
  return known.test(name.toLowerCase().replace(/[^a-z0-9]/g, '-'));
}

/** `header`: where the field has another name than the product's documentation gives it. Never throws. */
export function readClientCertificate(
  format: ClientCertificateFormat,
  headers: HeaderFields,
  header: string = formats[format].header,
): HeaderChain {
  const value = headers[header]?.trim();
  // Apache writes `(null)` where there is no certificate; nginx and HAProxy an empty field.
  if (value === undefined || value === '' || value === '(null)') return undefined;
  if (value.length > maxHeaderCharacters) return unreadable;
  return formats[format].read(value, headers);
}

function chainOf(certificates: readonly (Uint8Array | undefined)[]): readonly Uint8Array[] {
  const read = certificates.filter((one) => one !== undefined);
  const usable =
    read.length === certificates.length &&
    read.length <= maxCertificateChain &&
    read.every((one) => one.length <= maxCertificateBytes && readDer(one) !== undefined);
  return usable ? read : unreadable;
}

/** Strict: a stray `%` or bytes that are not ASCII are refused. `+` stays what it is: it is a digit of base64. */
function percentDecoded(value: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(value)) return undefined;
  const text = value.replace(/%[0-9A-Fa-f]{2}/g, (octet) => String.fromCharCode(Number.parseInt(octet.slice(1), 16)));
  return /^[\t\n\r\x20-\x7e]*$/.test(text) ? text : undefined;
}

/** One certificate in PEM; line feeds may have become blanks (Apache) or tabs (old nginx). */
function pemCertificate(text: string | undefined): Uint8Array | undefined {
  const body = /^\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/.exec(text ?? '')?.[1];
  return body === undefined ? undefined : decodeWrappedBase64(body);
}

/** `%[ssl_c_der,base64]`; the quotes come from `%{+Q}`. */
function readHaproxy(value: string): HeaderChain {
  return chainOf([decodeBase64(value.replace(/^"(.*)"$/, '$1'))]);
}

/** A byte sequence of structured fields (RFC 8941 §3.3.5); parameters have no meaning here (RFC 9440 §2.1). */
function readRfc9440(value: string, headers: HeaderFields): HeaderChain {
  const written = headers[rfc9440Chain]?.trim();
  const issuers = written === undefined || written === '' ? [] : written.split(',');
  return chainOf([value, ...issuers].map(byteSequence));
}

function byteSequence(item: string): Uint8Array | undefined {
  const body = /^[ \t]*:([A-Za-z0-9+/=]*):(?:;[A-Za-z0-9*_.;=?-]*)?[ \t]*$/.exec(item)?.[1];
  return body === undefined ? undefined : decodeBase64(body);
}

/** PEM without its first and last line, leaf first, joined by commas; older versions escape it like a URL. */
function readTraefik(value: string): HeaderChain {
  const text = percentDecoded(value);
  return chainOf((text ?? '').split(',').map((part) => decodeBase64(part.trim())));
}

/**
 * One element a hop, joined by commas (Envoy: `x-forwarded-client-cert`). Only the last is of the proxy in front: what stands before it
 * came in with the request. `Chain` has the leaf too; a hop that says `Cert` alone is without issuers.
 */
function readEnvoy(value: string): HeaderChain {
  const element = envoyElements(value)?.at(-1);
  if (element === undefined) return unreadable;
  const chain = element.get('chain');
  const leaf = element.get('cert');
  if (chain === undefined) return leaf === undefined ? undefined : chainOf([pemCertificate(percentDecoded(leaf))]);
  const blocks = percentDecoded(chain)?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const certificates = chainOf(blocks.map(pemCertificate));
  if (leaf === undefined || certificates === unreadable) return certificates;
  const [first] = chainOf([pemCertificate(percentDecoded(leaf))]);
  const [chainFirst] = certificates;
  // Two leaves that differ: which of them has proved its key cannot be told.
  const same = first !== undefined && chainFirst !== undefined && Buffer.compare(first, chainFirst) === 0;
  return same ? certificates : unreadable;
}

/** `Key=value` or `Key="value"`, `;` between pairs, `,` between elements. A key that comes twice spoils its element. */
function envoyElements(value: string): readonly ReadonlyMap<string, string>[] | undefined {
  const pair = /[ \t]*([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;]*))[ \t]*([;,]|$)/y;
  const elements: Map<string, string>[] = [new Map()];
  for (let done = false; !done; ) {
    const [, key, quoted, plain = '', end] = pair.exec(value) ?? [];
    const element = elements.at(-1);
    const name = key?.toLowerCase();
    if (name === undefined || element === undefined) return undefined;
    // URI and DNS may come several times.
    if (element.has(name) && (name === 'cert' || name === 'chain')) return undefined;
    element.set(name, quoted?.replace(/\\(.)/g, '$1') ?? plain);
    if (end === ',') elements.push(new Map());
    done = end === '';
  }
  return elements;
}
