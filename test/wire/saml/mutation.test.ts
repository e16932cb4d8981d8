import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AuthnRequest, parseAuthnRequest } from '../../../src/wire/saml/authn-request.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { verifyEnveloped } from '../../../src/wire/xml/verify.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { signedAuthnRequest } from '../../support/saml-input.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const pair = makeKeyPair('ec');
const original = await signedAuthnRequest(signerOf(pair, 'ecdsa-sha256'));

const read = (xml: string): AuthnRequest => {
  const root = parseXml(xml);
  return parseAuthnRequest(verifyEnveloped(root, root, [pair.publicKey]));
};
const values = read(original);

it('any one character changed, inserted or removed in a signed request is refused or changes no value', () => {
  const character = fc.oneof(
    fc.constantFrom(...'<>&"\'=/! \t\n-:;#aA0_.é'),
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
  );
  const mutation = fc.record({
    at: fc.nat({ max: original.length - 1 }),
    removed: fc.nat({ max: 1 }),
    inserted: fc.oneof(character, fc.constant('')),
  });
  fc.assert(
    fc.property(mutation, ({ at, removed, inserted }) => {
      const xml = original.slice(0, at) + inserted + original.slice(at + removed);
      if (refusalOf(() => read(xml)) === undefined) expect(read(xml)).toEqual(values);
    }),
    { numRuns: 1500 },
  );
});

it('any value of a signed request changed is refused', () => {
  const start = original.indexOf('</ds:Signature>');
  const places = [...original.matchAll(/[A-Za-z0-9]/g)].map((match) => match.index);
  const signedPlaces = places.filter(
    (at) => at < original.indexOf('<ds:Signature ') || at > start + '</ds:Signature>'.length,
  );
  fc.assert(
    fc.property(fc.constantFrom(...signedPlaces), (at) => {
      const xml = `${original.slice(0, at)}${original[at] === 'x' ? 'y' : 'x'}${original.slice(at + 1)}`;
      expect(refusalOf(() => read(xml))).toBeDefined();
    }),
    { numRuns: 300 },
  );
});
