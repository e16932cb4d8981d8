/** @module A service provider on paper: its metadata, and the AuthnRequests that it would send, signed by openssl's and xmlsec1's hands. */
import { createSign, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { mustRun } from './child-process.ts';
import type { KeyPair } from './key-pairs.ts';

export interface ServiceProvider {
  readonly entityId: string;
  readonly acsUrl: string;
  readonly keys?: KeyPair;
}

/** Hosts that nobody asks: `.invalid` is reserved for that (RFC 6761 §6.4). */
export function serviceProvider(name: string, keys?: KeyPair): ServiceProvider {
  const origin = `https://${name}.invalid`;
  return { entityId: `${origin}/metadata`, acsUrl: `${origin}/acs`, ...(keys === undefined ? {} : { keys }) };
}

export function metadataOf(
  sp: ServiceProvider,
  { signsRequests = false, more = '' }: { readonly signsRequests?: boolean; readonly more?: string } = {},
): string {
  const key =
    sp.keys === undefined
      ? ''
      : `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${sp.keys.certificateBase64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
  return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${sp.entityId}"><md:SPSSODescriptor AuthnRequestsSigned="${signsRequests}" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${key}<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${sp.acsUrl}" index="0" isDefault="true"/>${more}</md:SPSSODescriptor></md:EntityDescriptor>`;
}

export interface RequestShape {
  readonly id?: string;
  readonly issuer?: string;
  readonly issueInstant?: string;
  /** `null`: none. */
  readonly destination?: string | null;
  /** Further attributes, as text. */
  readonly attributes?: string;
  /** Further content after the issuer. */
  readonly content?: string;
  /** Between the XML declaration's place and the root element. */
  readonly prologue?: string;
  /** Leaves room for xmlsec1 to sign. */
  readonly signed?: boolean;
}

export function newRequestId(): string {
  return `_${randomBytes(16).toString('hex')}`;
}

/** An instant in the form of SAML, some seconds away from now. */
export function instantIn(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

export function ssoUrlOf(publicUrl: string): string {
  return `${publicUrl}/saml/idp/sso`;
}

export function authnRequest(sp: ServiceProvider, publicUrl: string, shape: RequestShape = {}): string {
  const id = shape.id ?? newRequestId();
  const destination = shape.destination === null ? '' : ` Destination="${shape.destination ?? ssoUrlOf(publicUrl)}"`;
  const signature = shape.signed === true ? signatureTemplate(id) : '';
  return `${shape.prologue ?? ''}<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"${destination} ID="${id}" IssueInstant="${shape.issueInstant ?? instantIn(0)}" Version="2.0"${shape.attributes ?? ''}><saml:Issuer>${shape.issuer ?? sp.entityId}</saml:Issuer>${signature}${shape.content ?? ''}</samlp:AuthnRequest>`;
}

export function signatureTemplate(id: string): string {
  return `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="${rsaSha256}"/><ds:Reference URI="#${id}"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>`;
}

const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

/** The message with its enveloped signature, made by xmlsec1. `shape.signed` must have left room for it. */
export async function signedByXmlsec(xml: string, keys: KeyPair, folder: string): Promise<string> {
  const file = join(folder, `${newRequestId()}.xml`);
  await writeFile(file, xml);
  const attribute = ['--id-attr:ID', 'urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest'];
  return mustRun('xmlsec1', ['--sign', ...attribute, '--privkey-pem', keys.keyPath, file]);
}

/** The value of `SAMLRequest` in a URL, before percent-encoding. */
export function deflated(xml: string | Buffer): string {
  return deflateRawSync(xml).toString('base64');
}

/** Of a POST. */
export function encoded(xml: string): string {
  return Buffer.from(xml).toString('base64');
}

export interface RedirectOptions {
  readonly relayState?: string;
  readonly signWith?: KeyPair;
}

/** A query in the order in which it is signed (saml-bindings §3.4.4.1). */
export function redirectQuery(samlRequest: string, options: RedirectOptions = {}): string {
  const relayState = options.relayState === undefined ? '' : `&RelayState=${encodeURIComponent(options.relayState)}`;
  const unsigned = `SAMLRequest=${encodeURIComponent(samlRequest)}${relayState}`;
  if (options.signWith === undefined) return unsigned;
  const octets = `${unsigned}&SigAlg=${encodeURIComponent(rsaSha256)}`;
  const signature = createSign('sha256').update(octets).sign(options.signWith.keyPem, 'base64');
  return `${octets}&Signature=${encodeURIComponent(signature)}`;
}

export function redirectUrl(publicUrl: string, xml: string, options?: RedirectOptions): string {
  return `${ssoUrlOf(publicUrl)}?${redirectQuery(deflated(xml), options)}`;
}
