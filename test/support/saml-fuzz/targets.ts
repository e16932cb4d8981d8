/** @module Everything that reads SAML before it is known who sent it, as functions of bytes. Only a refusal with a code may come out of them. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { loadSamlSchemas } from '../../../src/adapters/saml-schemas.ts';
import { arrivedMessage } from '../../../src/commands/saml-check/message.ts';
import { GatehouseError } from '../../../src/spi/errors.ts';
import { decodeUtf8 } from '../../../src/wire/encoding/utf8.ts';
import { parseArtifactResolve, parseArtifactResponse } from '../../../src/wire/saml/artifact-messages.ts';
import { parseAssertion } from '../../../src/wire/saml/assertion-reader.ts';
import { parseAuthnRequest } from '../../../src/wire/saml/authn-request.ts';
import { decodePost, decodeRedirect, verifyRedirectSignature } from '../../../src/wire/saml/bindings.ts';
import { lintMetadata } from '../../../src/wire/saml/lint/lint.ts';
import { parseLogoutRequest } from '../../../src/wire/saml/logout-request.ts';
import { parseLogoutResponse } from '../../../src/wire/saml/logout-response.ts';
import { readIdpMetadata, readMetadata } from '../../../src/wire/saml/metadata-reader.ts';
import { readResponse } from '../../../src/wire/saml/response-reader.ts';
import { readSoap } from '../../../src/wire/saml/soap.ts';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import { decryptElement } from '../../../src/wire/xml/decrypt.ts';
import type { XmlElement } from '../../../src/wire/xml/element.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { verifyEnveloped } from '../../../src/wire/xml/verify.ts';

export type Target = (input: Buffer) => void;

export interface Targets {
  readonly [name: string]: Target;
}

/** With a key pair of its own: what is signed or encrypted for nobody is what comes in. */
export async function createTargets(now: number): Promise<Targets> {
  const schemas = await loadSamlSchemas('schemas');
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keys = [pair.publicKey];
  const opener = createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const decryption = { keys: [opener], ciphers: ['aes128-gcm', 'aes256-gcm', 'aes256-cbc'] } as const;
  const open = (container: XmlElement) => parseXml(decryptElement(container, decryption));
  const every = (root: XmlElement, element: XmlElement): readonly (() => unknown)[] => [
    () => parseAuthnRequest(element),
    () => parseLogoutRequest(element),
    () => parseLogoutResponse(element),
    () => parseArtifactResolve(element),
    () => parseArtifactResponse(element),
    () => parseAssertion(element, open),
    () => readResponse(element, () => ({ keys, decryption })),
    () => verifyEnveloped(root, element, keys),
  ];
  const readAll = (root: XmlElement) => {
    for (const read of every(root, root)) attempt(read);
  };

  return {
    xml(input) {
      const root = parseXml(decodeUtf8(input));
      const text = canonicalize(root);
      if (canonicalize(parseXml(text)) !== text) throw new Error('the canonical form is not its own canonical form');
      readAll(root);
    },
    redirect(input) {
      const { xml, signature } = decodeRedirect(input.toString('latin1'));
      if (signature !== undefined) attempt(() => verifyRedirectSignature(signature, keys));
      readAll(parseXml(xml));
    },
    post: (input) => readAll(parseXml(decodePost(input.toString('latin1')))),
    soap(input) {
      const document = parseXml(decodeUtf8(input));
      const body = readSoap(document);
      if (body.kind === 'message') for (const read of every(document, body.element)) attempt(read);
    },
    metadata(input) {
      const text = decodeUtf8(input);
      attempt(() => readMetadata(text));
      attempt(() => readIdpMetadata(text));
    },
    lint(input) {
      for (const as of ['sp', 'idp'] as const) lintMetadata(input, { as, now, encrypt: true, pins: keys });
    },
    schema(input) {
      const text = decodeUtf8(input);
      parseXml(text);
      schemas.validate('protocol', text);
    },
    clinic: (input) => void arrivedMessage(input, { as: 'sp' }),
  };
}

/** A refusal is what is wanted; every other error goes on. */
function attempt(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
  }
}

/** Whether the target read or refused the input. @throws what is neither */
export function tried(target: Target, input: Buffer): void {
  attempt(() => target(input));
}
