/** @module Whatever is done to a signed Response, an application reads what was signed or nothing. Without the schema: it is a second wall. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkResponse } from '../../../src/protocols/saml-sp/response-checks.ts';
import { readResponse } from '../../../src/wire/saml/response-reader.ts';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import type { XmlAttribute, XmlElement } from '../../../src/wire/xml/element.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { FAKE_START } from '../../support/fake-clock.ts';
import { createWorkshop } from '../../support/saml-corpus/workshop.ts';
import { acsUrl, spEntityId } from '../../support/saml-input.ts';
import { refusalOf } from '../../support/thrown-code.ts';

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
    const piece = fc.oneof(
      fc.constantFrom(
        '<',
        '>',
        '&',
        '"',
        ' ',
        '/',
        '-->',
        '<!--',
        '<![CDATA[',
        ']]>',
        '&amp;',
        'a',
        '0',
        '_evil',
        'admin',
        '\u0000',
        'é',
      ),
      fc.string({ maxLength: 3, unit: 'binary' }),
      fc.tuple(fc.nat(original.length - 1), fc.nat(40)).map(([at, length]) => original.slice(at, at + length)),
    );
    const cut = fc.tuple(fc.nat(original.length - 1), fc.nat(8), piece);
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 3 }), (cuts) => {
        const xml = cuts.reduce(
          (text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length),
          original,
        );
        expectUnchanged(() => parseXml(xml), original);
      }),
      { numRuns: 700 },
    );
  });

  test('elements moved, copied, swapped, renamed or taken out change nothing that is read', () => {
    const step = fc.record({
      what: fc.constantFrom('copy', 'move', 'remove', 'rename', 'wrap', 'evil-copy'),
      from: fc.nat(200),
      to: fc.nat(200),
      at: fc.nat(8),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), (steps) => {
        const root = steps.reduce(mutated, parseXml(original));
        expectUnchanged(() => parseXml(canonicalize(root)), original);
      }),
      { numRuns: 700 },
    );
  });

  test('attributes changed, taken away, added or brought over from elsewhere change nothing that is read', () => {
    const step = fc.record({
      at: fc.nat(200),
      which: fc.nat(6),
      from: fc.nat(200),
      value: fc.option(fc.string({ maxLength: 20 })),
    });
    fc.assert(
      fc.property(step, ({ at, which, from, value }) => {
        const root = parseXml(original);
        const elements = all(root);
        const target = elements[at % elements.length]!;
        const other = elements[from % elements.length]!.attributes[0];
        const attributes = changedAttributes(target.attributes, which, value, other);
        expectUnchanged(() => replaced(root, target, { ...target, attributes }), original);
      }),
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

function all(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.content.flatMap((node) => (typeof node === 'string' ? [] : all(node)))];
}

/** The tree with one element in place of another; `undefined` takes it out. */
function replaced(root: XmlElement, target: XmlElement, by: XmlElement | undefined): XmlElement {
  if (root === target) return by ?? root;
  const content = root.content.flatMap((node): readonly (XmlElement | string)[] => {
    if (typeof node === 'string') return [node];
    if (node === target) return by === undefined ? [] : [by];
    return [replaced(node, target, by)];
  });
  return { ...root, content };
}

interface Step {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

function mutated(root: XmlElement, { what, from, to, at }: Step): XmlElement {
  const elements = all(root);
  const source = elements[from % elements.length]!;
  const target = elements[to % elements.length]!;
  const put = (into: XmlElement, node: XmlElement | string) => {
    const content = [...into.content];
    content.splice(at % (content.length + 1), 0, node);
    return { ...into, content };
  };
  switch (what) {
    case 'copy':
      return replaced(root, target, put(target, source));
    case 'evil-copy':
      return replaced(root, target, put(target, { ...source, content: ['admin'] }));
    case 'move':
      return all(source).includes(target)
        ? root
        : replaced(replaced(root, target, put(target, source)), source, undefined);
    case 'remove':
      return replaced(root, source, undefined);
    case 'rename':
      return replaced(root, source, {
        ...source,
        localName: target.localName,
        namespace: target.namespace,
        prefix: target.prefix,
      });
    default:
      return replaced(root, source, { ...target, content: [source] });
  }
}

function changedAttributes(
  attributes: readonly XmlAttribute[],
  which: number,
  value: string | null,
  other: XmlAttribute | undefined,
): readonly XmlAttribute[] {
  const chosen = attributes[which % Math.max(1, attributes.length)];
  if (chosen === undefined) return other === undefined ? attributes : [other];
  if (value === null) return attributes.filter((one) => one !== chosen);
  return attributes.map((one) => (one === chosen ? { ...one, value: other?.value ?? value } : one));
}
