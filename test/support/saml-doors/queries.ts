/** @module Tricks with the query of a redirect: the signature covers its octets, so every other way to write them is another message. */
import { createHmac, createPrivateKey, sign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { ErrorCode } from '../../../src/spi/errors.ts';
import { swap } from '../saml-corpus/hostile-case.ts';
import { type Forge, parameterOf, signedRedirect } from './door.ts';

export interface QueryCase {
  readonly name: string;
  readonly make: (query: string, forge: Forge) => string;
  readonly code: ErrorCode;
}

const malformed = (name: string, make: QueryCase['make']): QueryCase => ({ name, make, code: 'ERR_SAML_MALFORMED' });
const unsigned = (name: string, make: QueryCase['make']): QueryCase => ({
  name,
  make,
  code: 'ERR_SAML_SIGNATURE_INVALID',
});
const required = (name: string, make: QueryCase['make']): QueryCase => ({
  name,
  make,
  code: 'ERR_SAML_SIGNATURE_REQUIRED',
});

const rsaSha256 = encodeURIComponent('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256');
const algorithm = (query: string, uri: string) => swap(query, /SigAlg=[^&]*/, `SigAlg=${encodeURIComponent(uri)}`);
const value = (query: string, make: (octets: Buffer) => Buffer) => {
  const octets = query.slice(0, query.indexOf('&Signature='));
  return `${octets}&Signature=${encodeURIComponent(make(Buffer.from(octets)).toString('base64'))}`;
};
const rsa =
  (forge: Forge, hash = 'sha256') =>
  (octets: Buffer) =>
    sign(hash, octets, createPrivateKey(forge.workshop.idp.privateKeyPem));
const bomb = (megabytes: number) =>
  encodeURIComponent(deflateRawSync(Buffer.alloc(megabytes * 1024 * 1024, 0x20)).toString('base64'));
const message = /SAML(?:Request|Response)=[^&]*/;

/** Each is given a right query with the RelayState `state`. */
export const queryCases: readonly QueryCase[] = [
  malformed('the message twice', (query) => `${query}&${message.exec(query)?.[0]}`),
  malformed('a second message in front', (query, forge) => `${parameterOf(forge.door)}=AAAA&${query}`),
  malformed(
    'both a request and a response',
    (query, { door }) => `${query}&${door.kind === 'LogoutResponse' ? 'SAMLRequest' : 'SAMLResponse'}=AAAA`,
  ),
  malformed('RelayState twice', (query) => `${query}&RelayState=https%3A%2F%2Fevil.invalid`),
  malformed('SigAlg twice', (query) => `${query}&SigAlg=${rsaSha256}`),
  malformed('Signature twice', (query) => `${query}&Signature=AAAA`),
  malformed('SigAlg taken away', (query) => swap(query, /&SigAlg=[^&]*/, '')),
  malformed('Signature taken away', (query) => swap(query, /&Signature=[^&]*/, '')),
  malformed('a parameter without a value', (query) => swap(query, /&Signature=[^&]*/, '&Signature')),
  malformed('a percent-encoded name', (query) => swap(query, 'RelayState', 'Relay%53tate')),
  malformed('a percent-encoded name of the message', (query) => swap(query, 'SAMLR', '%53AMLR')),
  malformed('a signature that is not base64', (query) => swap(query, /&Signature=[^&]*/, '&Signature=%2A')),
  malformed('base64 for URLs', (query) =>
    swap(
      query,
      /(?<=&Signature=)[^&]*/,
      decodeURIComponent(/&Signature=([^&]*)/.exec(query)?.[1] ?? '').replace(/^./, '-'),
    ),
  ),
  malformed('a message with blanks in its base64', (query) => swap(query, /(?<=SAMLRe\w+=.{8})/, '%20')),
  malformed('half an escape', (query) => swap(query, /(?<=SAMLRe\w+=.{8})/, '%E')),
  malformed(
    'a second stream behind the message',
    (_query, forge) =>
      `${parameterOf(forge.door)}=${encodeURIComponent(Buffer.concat([deflateRawSync('<x/>'), deflateRawSync('<y/>')]).toString('base64'))}`,
  ),
  required('both SigAlg and Signature taken away', (query) => swap(query, /&SigAlg=.*/, '')),
  unsigned('another RelayState', (query) => swap(query, 'RelayState=state', 'RelayState=https%3A%2F%2Fevil.invalid')),
  unsigned('RelayState taken away', (query) => swap(query, '&RelayState=state', '')),
  unsigned('an empty RelayState', (query) => swap(query, 'RelayState=state', 'RelayState=')),
  unsigned('RelayState written in another way', (query) => swap(query, 'RelayState=state', 'RelayState=%73tate')),
  unsigned('another message', (query, forge) =>
    swap(query, message, message.exec(signedRedirect(forge, forge.plain()))?.[0] ?? ''),
  ),
  unsigned('escapes in lower case, re-encoded on the way', (query) =>
    query.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
  ),
  unsigned('escapes undone on the way', (query) => swap(query, '%2F', '/')),
  unsigned('the algorithm "none"', (query) => algorithm(query, 'none')),
  unsigned('an empty algorithm', (query) => algorithm(query, '')),
  unsigned('SHA-1, signed rightly', (query, forge) =>
    value(algorithm(query, 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'), rsa(forge, 'sha1')),
  ),
  unsigned('DSA', (query) => algorithm(query, 'http://www.w3.org/2000/09/xmldsig#dsa-sha1')),
  unsigned('an HMAC under the public key', (query, { workshop }) =>
    value(algorithm(query, 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256'), (octets) =>
      createHmac('sha256', workshop.idp.publicKey.export({ type: 'spki', format: 'pem' }))
        .update(octets)
        .digest(),
    ),
  ),
  unsigned('an HMAC under the certificate, called RSA', (query, { workshop }) =>
    value(query, (octets) => createHmac('sha256', workshop.idp.certificate).update(octets).digest()),
  ),
  unsigned('an empty signature', (query) => value(query, () => Buffer.alloc(0))),
  unsigned("a stranger's signature", (query, { workshop }) =>
    value(query, (octets) => sign('sha256', octets, createPrivateKey(workshop.stranger.privateKeyPem))),
  ),
  unsigned('a signature over the message alone', (query, forge) =>
    value(query, () => rsa(forge)(Buffer.from(message.exec(query)?.[0] ?? ''))),
  ),
  unsigned('a signature over the parameters in another order', (query, forge) =>
    value(query, (octets) => rsa(forge)(Buffer.from(octets.toString().split('&').reverse().join('&')))),
  ),
  unsigned('a signature over the decoded parameters', (query, forge) =>
    value(query, (octets) => rsa(forge)(Buffer.from(decodeURIComponent(octets.toString())))),
  ),
  unsigned('a signature over the parameter of the other direction', (query, forge) =>
    value(query, (octets) =>
      rsa(forge)(
        Buffer.from(
          octets.toString().replace(/^SAML\w+/, (name) => (name === 'SAMLRequest' ? 'SAMLResponse' : 'SAMLRequest')),
        ),
      ),
    ),
  ),
  {
    name: 'a deflate bomb of 10 MB',
    make: (query) => swap(query, /(?<=SAMLRe\w+=)[^&]*/, bomb(10)),
    code: 'ERR_REQUEST_TOO_LARGE',
  },
  { name: 'another encoding', make: (query) => `${query}&SAMLEncoding=urn:x`, code: 'ERR_SAML_UNSUPPORTED' },
  {
    name: 'a RelayState of 2,000 characters',
    make: (query) => swap(query, 'RelayState=state', `RelayState=${'x'.repeat(2000)}`),
    code: 'ERR_REQUEST_TOO_LARGE',
  },
];
