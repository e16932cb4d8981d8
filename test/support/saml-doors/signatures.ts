/** @module Abuse of signatures at every door that takes a message with its signature inside: wrapping, shapes, algorithms, keys. */
import { createHash, createHmac, createPrivateKey, sign } from 'node:crypto';
import { swap } from '../saml-corpus/hostile-case.ts';
import { signatureShapes } from '../saml-corpus/signatures.ts';
import { withSignatureValue } from '../saml-corpus/workshop.ts';
import { type Door, type DoorCase, type Forge, idIn } from './door.ts';

const ds = 'http://www.w3.org/2000/09/xmldsig#';
const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const isInside = ({ binding }: Door) => binding !== 'redirect';

type Make = (message: string, forge: Forge) => string | Promise<string>;

/** Something done to a message that was signed rightly. */
const changed = (name: string, make: Make, code: DoorCase['code'] = 'ERR_XML_SIGNATURE'): DoorCase => ({
  name,
  at: isInside,
  make: async (forge) => forge.document(await make(await forge.honest(), forge)),
  code,
});

const shapes = signatureShapes.map(({ name, from, to }) =>
  changed(`a signature with ${name}`, (message, { workshop }) => workshop.reshaped(message, from, to)),
);

const values: readonly DoorCase[] = [
  changed('RSA with SHA-1, signed rightly', (message, { workshop }) =>
    withSignatureValue(swap(message, rsaSha256, `${ds}rsa-sha1`), (info) =>
      sign('sha1', info, createPrivateKey(workshop.idp.privateKeyPem)),
    ),
  ),
  changed('an HMAC under the public key in PEM', (message, { workshop }) => {
    const pem = workshop.idp.publicKey.export({ type: 'spki', format: 'pem' });
    return withSignatureValue(swap(message, rsaSha256, 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256'), (info) =>
      createHmac('sha256', pem).update(info).digest(),
    );
  }),
  changed('an HMAC under the certificate', (message, { workshop }) =>
    withSignatureValue(swap(message, rsaSha256, `${ds}hmac-sha1`), (info) =>
      createHmac('sha1', workshop.idp.certificate).update(info).digest(),
    ),
  ),
  changed('a bare hash in place of the signature', (message) =>
    withSignatureValue(message, (info) => createHash('sha256').update(info).digest()),
  ),
  changed('an empty signature value', (message) => withSignatureValue(message, () => Buffer.alloc(0))),
];

const keys: readonly DoorCase[] = [
  changed("a stranger's signature, with his certificate in KeyInfo", (_message, forge) =>
    forge.signed(forge.plain(), forge.workshop.stranger),
  ),
  changed("a stranger's signature, with the partner's certificate in KeyInfo", async (message, forge) => {
    const foreign = await forge.signed(forge.plain(), forge.workshop.stranger);
    const info = /<ds:KeyInfo>.*<\/ds:KeyInfo>/s;
    return swap(foreign, info, info.exec(message)?.[0] ?? '');
  }),
  changed('a key value in KeyInfo', async (_message, forge) =>
    swap(
      await forge.signed(forge.plain(), forge.workshop.stranger),
      /<ds:KeyInfo>.*<\/ds:KeyInfo>/,
      '<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>',
    ),
  ),
  changed('a changed issue instant', (message) =>
    swap(message, /IssueInstant="[^"]*"/, 'IssueInstant="2099-01-01T00:00:00Z"'),
  ),
  changed('two signatures', (message, { workshop }) => {
    const signature = workshop.signatureIn(message);
    return swap(message, signature, signature + signature);
  }),
  changed('an ID that a second element has too', (message) =>
    swap(message, '<saml:Issuer ', `<saml:Issuer Id="${idIn(message)}" `),
  ),
  changed('no signature', (_message, forge) => forge.plain(), 'ERR_SAML_SIGNATURE_REQUIRED'),
  changed(
    'a signature in another namespace',
    (message) => swap(message, `xmlns:ds="${ds}"`, 'xmlns:ds="urn:not-dsig"'),
    'ERR_SAML_SIGNATURE_REQUIRED',
  ),
];

/** What the attacker wants to be read is `evil`; what was signed is somewhere else. */
const wrapped = (name: string, make: (parts: WrappingParts) => string): DoorCase =>
  changed(`wrapping: ${name}`, (message, forge) => make(partsOf(message, forge)));

interface WrappingParts {
  readonly original: string;
  readonly bare: string;
  readonly signature: string;
  /** The attacker's message around something; under the ID of the original where `sameId`. */
  readonly evil: (content: string, sameId?: boolean) => string;
}

function partsOf(original: string, { workshop, door }: Forge): WrappingParts {
  const signature = workshop.signatureIn(original);
  const bare = original.replace(signature, '');
  const evil = (content: string, sameId = false) => {
    const renamed = sameId ? bare : bare.replace(idIn(original), '_evil');
    const marked = renamed.replace(`<samlp:${door.kind} `, `<samlp:${door.kind} Consent="urn:evil" `);
    return marked.replace('</saml:Issuer>', `</saml:Issuer>${content}`);
  };
  return { original, bare, signature, evil };
}

const extensions = (content: string) => `<samlp:Extensions>${content}</samlp:Extensions>`;
const inObject = (signature: string, content: string) =>
  signature.replace('</ds:Signature>', `<ds:Object>${content}</ds:Object></ds:Signature>`);
const inKeyInfo = (signature: string, content: string) => signature.replace('<ds:KeyInfo>', `<ds:KeyInfo>${content}`);

const wrappings: readonly DoorCase[] = [
  wrapped('the original beside the signature', ({ evil, signature, bare }) => evil(signature + bare)),
  wrapped('the original in an Object of the signature', ({ evil, signature, bare }) => evil(inObject(signature, bare))),
  wrapped('the original in KeyInfo', ({ evil, signature, bare }) => evil(inKeyInfo(signature, bare))),
  wrapped('the original in Extensions, the signature moved up', ({ evil, signature, bare }) =>
    evil(signature + extensions(bare)),
  ),
  wrapped('the original with its signature in Extensions, and the signature again', ({ evil, signature, original }) =>
    evil(signature + extensions(original)),
  ),
  wrapped('the original in Extensions, under the same ID', ({ evil, signature, bare }) =>
    evil(signature + extensions(bare), true),
  ),
  wrapped('the attacker under the same ID, the original in an Object', ({ evil, signature, bare }) =>
    evil(inObject(signature, bare), true),
  ),
  wrapped('the attacker inside the original', ({ original, evil }) =>
    original.replace('</saml:Issuer>', `</saml:Issuer>${extensions(evil(''))}`),
  ),
  {
    ...wrapped('the original with its signature as a child', ({ evil, original }) => evil(extensions(original))),
    code: 'ERR_SAML_SIGNATURE_REQUIRED',
  },
];

const envelopes: readonly DoorCase[] = [
  envelope('the original in a header, the attacker in the body', ({ evil, signature, bare }) => [
    bare,
    evil(signature),
  ]),
  envelope('the original with its signature in a header', ({ evil, signature, original }) => [
    original,
    evil(signature),
  ]),
  envelope('the same ID in a header', ({ original }, id) => [`<x xmlns="urn:x" ID="${id}"></x>`, original]),
];

function envelope(name: string, make: (parts: WrappingParts, id: string) => readonly [string, string]): DoorCase {
  return {
    name: `wrapping: ${name}`,
    at: ({ binding }) => binding === 'soap',
    code: 'ERR_XML_SIGNATURE',
    async make(forge) {
      const message = await forge.honest();
      const [header, body] = make(partsOf(message, forge), idIn(message));
      return swap(forge.document(body), '<S:Body>', `<S:Header>${header}</S:Header><S:Body>`);
    },
  };
}

export const doorSignatures: readonly DoorCase[] = [...shapes, ...values, ...keys, ...wrappings, ...envelopes];
