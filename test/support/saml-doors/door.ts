/** @module The doors of the identity provider through which SAML messages come, and the forge that makes messages for each of them. */
import { createPrivateKey, sign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { ErrorCode } from '../../../src/spi/errors.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import type { TestKeyPair } from '../keys.ts';
import type { Workshop } from '../saml-corpus/workshop.ts';
import { instantIn, newRequestId } from '../service-provider.ts';

export type MessageKind =
  | 'AuthnRequest'
  | 'LogoutRequest'
  | 'LogoutResponse'
  | 'ArtifactResolve'
  | 'AttributeQuery'
  | 'AssertionIDRequest';

export interface Door {
  readonly kind: MessageKind;
  readonly binding: 'redirect' | 'post' | 'soap';
  /** Below the public URL. */
  readonly path: string;
}

export const doors: readonly Door[] = [
  { kind: 'AuthnRequest', binding: 'redirect', path: '/saml/idp/sso' },
  { kind: 'AuthnRequest', binding: 'post', path: '/saml/idp/sso' },
  { kind: 'LogoutRequest', binding: 'redirect', path: '/saml/idp/slo' },
  { kind: 'LogoutRequest', binding: 'post', path: '/saml/idp/slo' },
  { kind: 'LogoutRequest', binding: 'soap', path: '/saml/idp/slo' },
  { kind: 'LogoutResponse', binding: 'redirect', path: '/saml/idp/slo' },
  { kind: 'LogoutResponse', binding: 'post', path: '/saml/idp/slo' },
  { kind: 'ArtifactResolve', binding: 'soap', path: '/saml/idp/artifact' },
  { kind: 'AttributeQuery', binding: 'soap', path: '/saml/idp/soap' },
  { kind: 'AssertionIDRequest', binding: 'soap', path: '/saml/idp/soap' },
];

export function nameOf({ kind, binding }: Door): string {
  return `${kind} by ${binding}`;
}

/** What a message says; what is left out is right. */
export interface Said {
  readonly id?: string;
  readonly issuer?: string;
  readonly issueInstant?: string;
  /** `null`: none. */
  readonly destination?: string | null;
  /** Further attributes of the root, as text. */
  readonly attributes?: string;
  /** In place of the content that is right for its kind. */
  readonly content?: string;
}

/** What the right messages are about: sessions, requests and artifacts that are there. */
export interface Target {
  readonly publicUrl: string;
  /** entityID of the partner whose keys are those of the workshop's identity provider: it is the sender here. */
  readonly partner: string;
  /** Who is signed in there, as the partner knows it. */
  readonly nameId: string;
  /** ID of a logout request of ours that waits for its answer. */
  readonly inResponseTo: string;
  readonly artifact: string;
}

export interface Forge {
  readonly door: Door;
  readonly workshop: Workshop;
  readonly target: Target;
  /** The message without a signature of its own. */
  plain(said?: Said): string;
  /** As it has to be at this door: signed inside, but for a redirect, whose signature stands beside it. */
  honest(said?: Said): Promise<string>;
  signed(xml: string, by?: TestKeyPair): Promise<string>;
  /** What goes into the form, query or body: at SOAP in its envelope. */
  document(message: string): string;
}

export interface DoorCase {
  /** Says what is done to the message, or with it. */
  readonly name: string;
  /** Where it can be done; at every door where absent. */
  readonly at?: (door: Door) => boolean;
  /** The document as it is sent: XML, or bytes that are none. */
  readonly make: (forge: Forge) => string | Uint8Array | Promise<string | Uint8Array>;
  readonly code: ErrorCode | ((door: Door) => ErrorCode);
}

const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
export const success = `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>`;

function contentOf({ kind }: Door, target: Target): string {
  switch (kind) {
    case 'AuthnRequest':
      return '<samlp:NameIDPolicy AllowCreate="true"/>';
    case 'LogoutRequest':
      return `<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">${target.nameId}</saml:NameID>`;
    case 'LogoutResponse':
      return success;
    case 'ArtifactResolve':
      return `<samlp:Artifact>${target.artifact}</samlp:Artifact>`;
    case 'AttributeQuery':
      return `<saml:Subject><saml:NameID>${target.nameId}</saml:NameID></saml:Subject>`;
    case 'AssertionIDRequest':
      return '<saml:AssertionIDRef>_nowhere</saml:AssertionIDRef>';
    default:
      return kind satisfies never;
  }
}

export function createForge(door: Door, workshop: Workshop, target: Target): Forge {
  const forge: Forge = {
    door,
    workshop,
    target,
    plain(said = {}) {
      const { id = newRequestId(), issuer = target.partner, issueInstant = instantIn(0), attributes = '' } = said;
      const { destination = `${target.publicUrl}${door.path}` } = said;
      const to = destination === null ? '' : ` Destination="${destination}"`;
      const answered = door.kind === 'LogoutResponse' ? ` InResponseTo="${target.inResponseTo}"` : '';
      return `<samlp:${door.kind} xmlns:samlp="${protocol}" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"${to} ID="${id}"${answered} IssueInstant="${issueInstant}" Version="2.0"${attributes}><saml:Issuer>${issuer}</saml:Issuer>${said.content ?? contentOf(door, target)}</samlp:${door.kind}>`;
    },
    honest: async (said) => (door.binding === 'redirect' ? forge.plain(said) : forge.signed(forge.plain(said))),
    signed: (xml, by) => workshop.signed(xml, by),
    document: (message) =>
      door.binding === 'soap'
        ? `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${message}</S:Body></S:Envelope>`
        : message,
  };
  return forge;
}

/** A question that goes down a connection, which says itself for whom it is (saml-bindings §3.2). */
export const isQuestion = ({ kind }: Door) =>
  kind === 'ArtifactResolve' || kind === 'AttributeQuery' || kind === 'AssertionIDRequest';

export function parameterOf({ kind }: Door): 'SAMLRequest' | 'SAMLResponse' {
  return kind === 'LogoutResponse' ? 'SAMLResponse' : 'SAMLRequest';
}

export interface QuerySigning {
  readonly relayState?: string;
  readonly key?: TestKeyPair;
  /** How a parameter is written in the query. */
  readonly encode?: (value: string) => string;
}

/** A query with its signature (saml-bindings §3.4.4.1), over whatever bytes it is to carry. */
export function signedRedirect(forge: Forge, document: string | Uint8Array, signing: QuerySigning = {}): string {
  const { relayState, key = forge.workshop.idp, encode = encodeURIComponent } = signing;
  const message = encode(deflateRawSync(document).toString('base64'));
  const state = relayState === undefined ? '' : `&RelayState=${encode(relayState)}`;
  const octets = `${parameterOf(forge.door)}=${message}${state}&SigAlg=${encode(rsaSha256)}`;
  const value = sign('sha256', Buffer.from(octets), createPrivateKey(key.privateKeyPem));
  return `${octets}&Signature=${encode(value.toString('base64'))}`;
}

/** The ID of a message, wherever its root stands in the document. */
export function idIn(message: string): string {
  const id = parseXml(message).attributes.find(({ localName }) => localName === 'ID')?.value;
  if (id === undefined) throw new Error('the message has no ID');
  return id;
}
