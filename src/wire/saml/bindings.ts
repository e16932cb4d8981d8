/** @module Messages on the front channel: HTTP-Redirect (saml-bindings §3.4) and HTTP-POST (§3.5). */
import type { KeyObject } from 'node:crypto';
import { GatehouseError } from '../../spi/errors.ts';
import { decodeBase64, decodeWrappedBase64 } from '../encoding/base64.ts';
import { inflateRaw } from '../encoding/inflate.ts';
import { decodeUtf8 } from '../encoding/utf8.ts';
import { signatureMethodOf, verifiedByOneOf } from '../xml/algorithms.ts';
import { messageLimits } from '../xml/limits.ts';
import { deflateEncoding } from './constants.ts';

/** What browsers and servers carry in a URL; real requests stay below 4 KiB. */
export const maxQueryBytes = 32 * 1024;

/** A request or response that fits a URL inflates to a few KiB. It stops a deflate bomb while it inflates. */
export const maxInflatedBytes = 64 * 1024;

/** saml-bindings §3.4.3 allows 80 bytes, but widely used service providers put the whole URL to return to in it. */
export const maxRelayStateBytes = 1024;

/** Base64 of the largest message that the XML reader takes, with room for line breaks. */
export const maxPostCharacters = Math.ceil((messageLimits.maxBytes / 3) * 4 * 1.05);

export interface RedirectSignature {
  /** The URI that SigAlg named. */
  readonly algorithm: string;
  readonly value: Uint8Array;
  /** The octets as they arrived, in the order in which they are signed (§3.4.4.1). */
  readonly signedOctets: string;
}

export interface DecodedRedirect {
  readonly parameter: 'SAMLRequest' | 'SAMLResponse';
  readonly xml: string;
  readonly relayState?: string;
  /** Present, not yet verified. */
  readonly signature?: RedirectSignature;
}

const parameterNames = ['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature', 'SAMLEncoding'] as const;
type ParameterName = (typeof parameterNames)[number];

/**
 * Decodes the query of a request as it stood in the URL, without its question mark. Parameters of other names are ignored.
 * @throws ERR_SAML_MALFORMED, ERR_REQUEST_TOO_LARGE, ERR_SAML_UNSUPPORTED (SAMLEncoding), ERR_XML_MALFORMED (not UTF-8)
 */
export function decodeRedirect(rawQuery: string): DecodedRedirect {
  if (rawQuery.length > maxQueryBytes) throw tooLarge('The query is too large', maxQueryBytes);
  const raw = rawParameters(rawQuery);
  const request = raw.get('SAMLRequest');
  const response = raw.get('SAMLResponse');
  if ((request === undefined) === (response === undefined)) {
    throw malformed('The query must hold either SAMLRequest or SAMLResponse');
  }
  const encoding = raw.get('SAMLEncoding');
  if (encoding !== undefined && percentDecoded(encoding) !== deflateEncoding) {
    throw new GatehouseError('ERR_SAML_UNSUPPORTED', 'The message has another encoding than DEFLATE');
  }
  const parameter = request === undefined ? 'SAMLResponse' : 'SAMLRequest';
  const rawRelayState = raw.get('RelayState');
  const signature = signatureOf(raw, parameter);
  return {
    parameter,
    xml: inflated(request ?? response ?? ''),
    ...(rawRelayState === undefined ? {} : { relayState: relayStateOf(rawRelayState) }),
    ...(signature === undefined ? {} : { signature }),
  };
}

/**
 * Checks the signature of a redirect with the partner's keys.
 * @throws ERR_SAML_SIGNATURE_INVALID
 */
export function verifyRedirectSignature(signature: RedirectSignature, keys: readonly KeyObject[]): void {
  const method = signatureMethodOf(signature.algorithm);
  if (method === undefined) {
    throw new GatehouseError('ERR_SAML_SIGNATURE_INVALID', 'The signature algorithm is not allowed', {
      facts: { algorithm: signature.algorithm.slice(0, 100) },
    });
  }
  if (!verifiedByOneOf(keys, method, Buffer.from(signature.signedOctets), signature.value)) {
    throw new GatehouseError('ERR_SAML_SIGNATURE_INVALID', 'The signature was not made with a key of the partner');
  }
}

/**
 * The message of a form field of the HTTP-POST binding.
 * @throws ERR_SAML_MALFORMED, ERR_REQUEST_TOO_LARGE, ERR_XML_MALFORMED (not UTF-8)
 */
export function decodePost(value: string): string {
  if (value.length > maxPostCharacters) throw tooLarge('The message is too large', maxPostCharacters);
  const bytes = decodeWrappedBase64(value);
  if (bytes === undefined) throw malformed('The message is not base64');
  return decodeUtf8(bytes);
}

function rawParameters(query: string): ReadonlyMap<ParameterName, string> {
  const found = new Map<ParameterName, string>();
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    const rawName = equals < 0 ? pair : pair.slice(0, equals);
    const name = parameterNames.find((known) => known === rawName);
    if (name === undefined) {
      // Another reader would take SAML%52equest for the real thing: two readers, two messages.
      const decoded = rawName.includes('%') ? percentDecoded(rawName) : rawName;
      if (parameterNames.some((known) => known === decoded)) throw malformed('A parameter name is percent-encoded');
      continue;
    }
    if (equals < 0 || found.has(name)) throw malformed('A parameter comes twice or has no value');
    found.set(name, pair.slice(equals + 1));
  }
  return found;
}

function signatureOf(
  raw: ReadonlyMap<ParameterName, string>,
  parameter: 'SAMLRequest' | 'SAMLResponse',
): RedirectSignature | undefined {
  const rawAlgorithm = raw.get('SigAlg');
  const rawValue = raw.get('Signature');
  if (rawAlgorithm === undefined && rawValue === undefined) return undefined;
  if (rawAlgorithm === undefined || rawValue === undefined) {
    throw malformed('SigAlg and Signature must come together');
  }
  const value = decodeBase64(percentDecoded(rawValue));
  if (value === undefined) throw malformed('The signature is not base64');
  const rawRelayState = raw.get('RelayState');
  const relayState = rawRelayState === undefined ? '' : `&RelayState=${rawRelayState}`;
  return {
    algorithm: percentDecoded(rawAlgorithm),
    value,
    signedOctets: `${parameter}=${raw.get(parameter)}${relayState}&SigAlg=${rawAlgorithm}`,
  };
}

function inflated(rawMessage: string): string {
  const bytes = decodeBase64(percentDecoded(rawMessage));
  if (bytes === undefined) throw malformed('The message is not base64');
  const result = inflateRaw(bytes, maxInflatedBytes);
  switch (result.status) {
    case 'inflated':
      return decodeUtf8(result.bytes);
    case 'too-large':
      throw tooLarge('The inflated message is too large', maxInflatedBytes);
    case 'malformed':
      throw malformed('The message is not one DEFLATE stream');
    default:
      return result satisfies never;
  }
}

function relayStateOf(raw: string): string {
  // Form encoders write a space as a plus sign, and a plus sign as %2B.
  const value = percentDecoded(raw.replaceAll('+', ' '));
  if (Buffer.byteLength(value) > maxRelayStateBytes) throw tooLarge('RelayState is too large', maxRelayStateBytes);
  return value;
}

/** RFC 3986 §2.1 with UTF-8 below it. A plus sign stays one. */
function percentDecoded(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch (cause) {
    if (!(cause instanceof URIError)) throw cause;
    throw new GatehouseError('ERR_SAML_MALFORMED', 'A parameter is not well percent-encoded', { cause });
  }
}

function malformed(message: string): GatehouseError {
  return new GatehouseError('ERR_SAML_MALFORMED', message);
}

function tooLarge(message: string, limit: number): GatehouseError {
  return new GatehouseError('ERR_REQUEST_TOO_LARGE', message, { facts: { limit } });
}
