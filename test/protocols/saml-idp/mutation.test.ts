/** @module Whatever is done to a signed request or answer, the identity provider reads what was signed or nothing. Without the schema: it is a second wall. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLogoutAnswerJudge } from '../../../src/saml/logout-answer.ts';
import { createLogoutReader } from '../../../src/saml/logout-request-reader.ts';
import { GatehouseError } from '../../../src/spi/errors.ts';
import { parseArtifactResolve } from '../../../src/wire/saml/artifact-messages.ts';
import { parseAuthnRequest } from '../../../src/wire/saml/authn-request.ts';
import { decodeRedirect, verifyRedirectSignature } from '../../../src/wire/saml/bindings.ts';
import { parseLogoutResponse } from '../../../src/wire/saml/logout-response.ts';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import type { XmlElement } from '../../../src/wire/xml/element.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { verifyEnveloped } from '../../../src/wire/xml/verify.ts';
import { createWorkshop } from '../../support/saml-corpus/workshop.ts';
import { createForge, doors, nameOf, signedRedirect } from '../../support/saml-doors/door.ts';
import { attributeMutations, characterMutations, elementMutations } from '../../support/xml-mutations.ts';

const workshop = createWorkshop(Date.now());
const keys = [workshop.idp.publicKey];
const target = {
  publicUrl: 'https://gatehouse.example.com',
  partner: 'https://signing.invalid/metadata',
  nameId: 'eric',
  inResponseTo: '_logout-1',
  artifact: 'AAQAAA==',
};
const partner = { entityId: target.partner, signingKeys: keys };
const clock = { now: () => workshop.now, timer: () => 0 };
const nothing = async () => undefined;

/** What would be done with each kind of message: everything that a decision rests on. */
const readers: Readonly<Record<string, (document: XmlElement) => unknown>> = {
  AuthnRequest: (root) => parseAuthnRequest(verifyEnveloped(root, root, keys)),
  ArtifactResolve: (root) => parseArtifactResolve(verifyEnveloped(root, root, keys)),
  async LogoutRequest(root) {
    const read = createLogoutReader({
      partners: {
        async find(entityId: string) {
          if (entityId === target.partner) return partner;
          throw new GatehouseError('ERR_SAML_UNKNOWN_PARTNER', 'nobody');
        },
      },
      clock,
      requestUse: { checkUnused: nothing, use: nothing },
      sloUrl: `${target.publicUrl}/saml/idp/slo`,
      clockSkewMs: 60_000,
      decryption: () => ({ keys: [], ciphers: [] }),
      validateSchema: nothing,
    });
    return read({ document: root, message: root });
  },
  async LogoutResponse(root) {
    const expected = {
      partner,
      inResponseTo: target.inResponseTo,
      sloUrl: `${target.publicUrl}/saml/idp/slo`,
      authenticated: false,
    };
    const judged = await createLogoutAnswerJudge(nothing)(root, root, expected);
    return [judged, parseLogoutResponse(root).inResponseTo];
  },
};

/** What is read, or nothing where it is refused. */
async function viewOf(kind: string, document: () => XmlElement): Promise<unknown> {
  try {
    return await readers[kind]?.(document());
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    return undefined;
  }
}

const messages = await Promise.all(
  doors
    .filter(({ binding, kind }) => (kind === 'ArtifactResolve' ? binding === 'soap' : binding === 'post'))
    .map(async (door) => [door.kind, await createForge(door, workshop, target).honest()] as const),
);

describe.each(messages)('a signed %s', (kind, original) => {
  const unchanged = async (document: () => XmlElement) => {
    const view = await viewOf(kind, document);
    if (view !== undefined) expect(view).toEqual(await viewOf(kind, () => parseXml(original)));
  };

  test('is read as it is', async () => {
    expect(await viewOf(kind, () => parseXml(original))).toBeDefined();
  });

  test('with any few characters changed, put in, taken out or from elsewhere', async () => {
    await fc.assert(
      fc.asyncProperty(characterMutations(original), (xml) => unchanged(() => parseXml(xml))),
      { numRuns: 500 },
    );
  });

  test('with elements moved, copied, swapped, renamed or taken out', async () => {
    await fc.assert(
      fc.asyncProperty(elementMutations(parseXml(original)), (root) => unchanged(() => parseXml(canonicalize(root)))),
      { numRuns: 500 },
    );
  });

  test('with attributes changed, taken away, added or from elsewhere', async () => {
    await fc.assert(
      fc.asyncProperty(attributeMutations(parseXml(original)), (root) => unchanged(() => root)),
      { numRuns: 300 },
    );
  });
});

describe.each(doors.filter(({ binding }) => binding === 'redirect').map((door) => [nameOf(door), door] as const))(
  'a signed %s',
  (_name, door) => {
    const forge = createForge(door, workshop, target);
    const original = signedRedirect(forge, forge.plain(), { relayState: 'state of the partner' });
    const view = (query: string) => {
      const { signature, ...message } = decodeRedirect(query);
      if (signature === undefined) throw new GatehouseError('ERR_SAML_SIGNATURE_REQUIRED', 'unsigned');
      verifyRedirectSignature(signature, keys);
      return message;
    };

    test('with any few characters of its query changed is refused, or says the same, RelayState and all', () => {
      const right = view(original);
      fc.assert(
        fc.property(characterMutations(original), (query) => {
          try {
            expect(view(query)).toEqual(right);
          } catch (error) {
            if (!(error instanceof GatehouseError)) throw error;
          }
        }),
        { numRuns: 700 },
      );
    });
  },
);
