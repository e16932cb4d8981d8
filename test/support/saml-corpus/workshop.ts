/** @module The tools with which hostile Responses are made: honest ones to damage, and an identity provider that signs whatever it is given. */
import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import type { ContentCipher } from '../../../src/spi/xml-encryption.ts';
import { statusCodes } from '../../../src/wire/saml/constants.ts';
import { issueResponse, issueStatusResponse, type ResponseInput } from '../../../src/wire/saml/response.ts';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import { attribute, child, type XmlElement } from '../../../src/wire/xml/element.ts';
import { encryptElement } from '../../../src/wire/xml/encrypt.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { signEnveloped } from '../../../src/wire/xml/sign.ts';
import { makeKeyPair, signerOf, type TestKeyPair } from '../keys.ts';
import { acsUrl, idpEntityId, responseInput } from '../saml-input.ts';

const ds = 'http://www.w3.org/2000/09/xmldsig#';

export interface Workshop {
  readonly now: number;
  readonly idp: TestKeyPair;
  readonly sp: TestKeyPair;
  readonly stranger: TestKeyPair;
  /** An honest Response of this IdP; every one has IDs of its own. */
  response(changes?: Partial<ResponseInput>): Promise<string>;
  status(status: string, subStatus?: string): Promise<string>;
  /** The assertion of a Response, with its signature where it has one. */
  assertionIn(response: string): string;
  /** The first Signature of a text. */
  signatureIn(xml: string): string;
  /** Signs the root element of a document, whatever it says, behind its issuer. */
  signed(xml: string, by?: TestKeyPair): Promise<string>;
  /** A Response whose assertion was changed before the IdP signed it. */
  honest(change: (assertion: string) => string): Promise<string>;
  /** Changes a signature, and signs its SignedInfo anew with the IdP's key: nothing is wrong with it but its shape. */
  reshaped(xml: string, from: string | RegExp, to: string): string;
  encrypted(assertion: string, cipher?: ContentCipher, to?: TestKeyPair): string;
}

export function createWorkshop(now: number): Workshop {
  const [idp, sp, stranger] = [makeKeyPair('rsa'), makeKeyPair('rsa'), makeKeyPair('rsa')];
  const signer = signerOf(idp, 'rsa-sha256');
  const newId = () => `_${randomBytes(16).toString('hex')}`;
  const ids = () => ({ responseId: newId(), assertionId: newId() });

  const workshop: Workshop = {
    now,
    idp,
    sp,
    stranger,
    response: (changes = {}) => issueResponse(responseInput(now, { ...ids(), ...changes }), signer),
    status: (status, subStatus) =>
      issueStatusResponse(
        {
          responseId: newId(),
          now,
          issuer: idpEntityId,
          destination: acsUrl,
          inResponseTo: '_request-1',
          status,
          ...(subStatus === undefined ? {} : { subStatus }),
        },
        signer,
      ),
    assertionIn: (response) => /<saml:Assertion [\s\S]*<\/saml:Assertion>/.exec(response)?.[0] ?? '',
    signatureIn: (xml) => /<ds:Signature [\s\S]*?<\/ds:Signature>/.exec(xml)?.[0] ?? '',
    async signed(xml, by = idp) {
      const root = parseXml(xml);
      const text = canonicalize(root);
      const at = text.indexOf('</saml:Issuer>') + '</saml:Issuer>'.length;
      const parts = { head: text.slice(0, at), tail: text.slice(at) };
      return signEnveloped(parts, attribute(root, 'ID') ?? '', by === idp ? signer : signerOf(by, 'rsa-sha256'));
    },
    async honest(change) {
      // The Response's own signature is left out, so that what the assertion says is all that is wrong.
      const response = await workshop.response({ sign: 'assertion' });
      const before = workshop.assertionIn(response);
      return response.replace(before, () => '@').replace('@', await signedAnew(before, change));
    },
    reshaped(xml, from, to) {
      const changed = xml.replace(from, to);
      if (changed === xml) throw new Error('the change changes nothing');
      return withSignatureValue(changed, (info) => sign('sha256', info, createPrivateKey(idp.privateKeyPem)));
    },
    encrypted(assertion, cipher = 'aes256-gcm', to = sp) {
      const recipient = { publicKey: to.publicKey, cipher, transport: 'rsa-oaep-sha256' } as const;
      return `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${encryptElement(assertion, recipient, randomBytes).xml}</saml:EncryptedAssertion>`;
    },
  };

  async function signedAnew(assertion: string, change: (text: string) => string): Promise<string> {
    const bare = assertion.replace(workshop.signatureIn(assertion), '');
    const changed = change(bare);
    if (changed === bare) throw new Error('the change changes nothing');
    return workshop.signed(changed);
  }

  return workshop;
}

/** The first signature with another value, over its SignedInfo as it stands. */
export function withSignatureValue(xml: string, make: (info: Buffer) => Buffer): string {
  const info = child(signatureElementIn(parseXml(xml)), ds, 'SignedInfo');
  if (info === undefined) throw new Error('there is no SignedInfo');
  const value = make(Buffer.from(canonicalize(info))).toString('base64');
  return xml.replace(/<ds:SignatureValue>[^<]*/, `<ds:SignatureValue>${value}`);
}

function signatureElementIn(element: XmlElement): XmlElement {
  const found = firstSignature(element);
  if (found === undefined) throw new Error('there is no signature');
  return found;
}

function firstSignature(element: XmlElement): XmlElement | undefined {
  if (element.localName === 'Signature') return element;
  for (const node of element.content) {
    const found = typeof node === 'string' ? undefined : firstSignature(node);
    if (found !== undefined) return found;
  }
  return undefined;
}

export { statusCodes };
