/** @module A service provider that asks over SOAP: messages signed by xmlsec1 in envelopes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from './child-process.ts';
import { exchange, type Reply } from './http-client.ts';
import type { KeyPair } from './key-pairs.ts';
import { instantIn, newRequestId, signatureTemplate } from './service-provider.ts';

const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';

export interface SoapQuery {
  /** Such as `ArtifactResolve`. */
  readonly name: string;
  readonly issuer: string;
  readonly content: string;
  readonly attributes?: string;
  readonly id?: string;
  readonly issueInstant?: string;
}

function queryXml(query: SoapQuery, signature: (id: string) => string): string {
  const { name, issuer, content, attributes = '', id = newRequestId(), issueInstant = instantIn(0) } = query;
  return `<samlp:${name} xmlns:samlp="${protocol}" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" IssueInstant="${issueInstant}" Version="2.0"${attributes}><saml:Issuer>${issuer}</saml:Issuer>${signature(id)}${content}</samlp:${name}>`;
}

export function unsignedQuery(query: SoapQuery): string {
  return queryXml(query, () => '');
}

/** @param folder for the file that xmlsec1 reads */
export async function signedQuery(query: SoapQuery, keys: KeyPair, folder: string): Promise<string> {
  const file = join(folder, `${newRequestId()}.xml`);
  await writeFile(file, queryXml(query, signatureTemplate));
  const attribute = ['--id-attr:ID', `${protocol}:${query.name}`];
  const signed = await mustRun('xmlsec1', ['--sign', ...attribute, '--privkey-pem', keys.keyPath, file]);
  return signed.replace(/^<\?xml[^>]*\?>\s*/, '').trim();
}

export function envelope(message: string, header = ''): string {
  return `<?xml version="1.0"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">${header}<S:Body>${message}</S:Body></S:Envelope>`;
}

export function postSoap(url: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  return exchange(url, { method: 'POST', headers: { 'content-type': 'text/xml', ...headers }, body });
}

/** The element in the body, as text; our envelopes are canonical. */
export function bodyOf(envelopeXml: string): string {
  return /<soap:Body>(.*)<\/soap:Body>/s.exec(envelopeXml)?.[1] ?? '';
}
