/** @module Whatever is done to a signed Response, an application reads what was signed or nothing. Without the schema: it is a second wall. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkResponse } from '../../../src/protocols/saml-sp/response-checks.ts';
import { readResponse } from '../../../src/wire/saml/response-reader.ts';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import type { XmlElement } from '../../../src/wire/xml/element.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { FAKE_START } from '../../support/fake-clock.ts';
import { createWorkshop } from '../../support/saml-corpus/workshop.ts';
import { acsUrl, spEntityId } from '../../support/saml-input.ts';
import { refusalOf } from '../../support/thrown-code.ts';
import { attributeMutations, characterMutations, elementMutations } from '../../support/xml-mutations.ts';

const workshop = createWorkshop(FAKE_START);
const expected = {
  entityId: spEntityId,
  acsUrl,
  request: '_request-1',
  allowUnsolicited: true,
  clockSkewMs: 0,
  maxAuthnAgeMs: 600_000,
};

/** What an application would read, and what the endpoint would do with it. */
function view(root: XmlElement) {
  const trust = { keys: [workshop.idp.publicKey], decryption: { keys: [], ciphers: [] } };
  const { signed: _signed, ...rest } = checkResponse(
    readResponse(root, () => trust),
    expected,
    FAKE_START,
  );
  return rest;
}

/** Nothing, or what the untouched message says. */
function expectUnchanged(read: () => XmlElement, original: string): void {
  if (refusalOf(() => view(read())) === undefined) expect(view(read())).toEqual(view(parseXml(original)));
}

const messages = await Promise.all(
  (['assertion', 'response', 'both'] as const).map(async (sign) => [sign, await workshop.response({ sign })] as const),
);

describe.each(messages)('signed: %s', (_sign, original) => {
  test('any few bytes changed, put in, taken out or taken from elsewhere change nothing that is read', () => {
    fc.assert(
      fc.property(characterMutations(original), (xml) => expectUnchanged(() => parseXml(xml), original)),
      { numRuns: 700 },
    );
  });

  test('elements moved, copied, swapped, renamed or taken out change nothing that is read', () => {
    fc.assert(
      fc.property(elementMutations(parseXml(original)), (root) =>
        expectUnchanged(() => parseXml(canonicalize(root)), original),
      ),
      { numRuns: 700 },
    );
  });

  test('attributes changed, taken away, added or brought over from elsewhere change nothing that is read', () => {
    fc.assert(
      fc.property(attributeMutations(parseXml(original)), (root) => expectUnchanged(() => root, original)),
      { numRuns: 500 },
    );
  });

  test('every single character of the assertion outside the signature, changed, is refused', () => {
    const assertion = workshop.assertionIn(original);
    const start = original.indexOf(assertion);
    const signature = workshop.signatureIn(assertion);
    const own = signature === '' ? -1 : original.indexOf(signature);
    const places = [...original.matchAll(/[A-Za-z0-9]/g)]
      .map(({ index }) => index)
      .filter(
        (at) => at > start && at < start + assertion.length && (own < 0 || at < own || at > own + signature.length),
      );
    fc.assert(
      fc.property(fc.constantFrom(...places), (at) => {
        const xml = `${original.slice(0, at)}${original[at] === 'x' ? 'y' : 'x'}${original.slice(at + 1)}`;
        expect(refusalOf(() => view(parseXml(xml)))).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });
});
