/**
 * @module Decode, parse, decrypt and verify with whatever comes in: a refusal with a code, never another error, never a hang. A hang
 * shows as the time limit of the test; inputs of 64 KB that once cost much are kept here by their shape.
 */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodePost, decodeRedirect } from '../../../src/wire/saml/bindings.ts';
import { readResponse } from '../../../src/wire/saml/response-reader.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { FAKE_START } from '../../support/fake-clock.ts';
import { corpus } from '../../support/saml-corpus/corpus.ts';
import { createWorkshop } from '../../support/saml-corpus/workshop.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const workshop = createWorkshop(FAKE_START);
const trust = {
  keys: [workshop.idp.publicKey],
  decryption: { keys: [createPrivateKey(workshop.sp.privateKeyPem)], ciphers: ['aes256-gcm'] as const },
};
const read = (xml: string) => readResponse(parseXml(xml), () => trust);
const codes = /^ERR_(?:XML|SAML)_|^ERR_REQUEST_TOO_LARGE$/;
/** `refusalOf` lets every error but ours through, so that it fails the test. */
const expectRefusalOrNothing = (call: () => unknown): void => {
  expect(refusalOf(call) ?? 'ERR_XML_').toMatch(codes);
};

/** Kept: what fuzzing has found worth trying again. */
const keptSeeds: readonly string[] = JSON.parse(readFileSync('test/fixtures/saml-fuzz/seeds.json', 'utf8'));
let seeds: readonly string[];
beforeAll(async () => {
  const cases = Object.values(corpus).flat();
  const made = await Promise.all(cases.map(async ({ make }) => Buffer.from(await make(workshop)).toString('utf8')));
  seeds = [...keptSeeds, ...made.filter((xml) => xml.length < 32 * 1024)];
});

const mutation = fc.array(
  fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(30),
    fc.oneof(
      fc.constantFrom('<', '>', '"', '&', '<!--', ']]>', ' xmlns:a="urn:a"', '</', '/>', '\u0000', '=='),
      fc.string({ maxLength: 8, unit: 'binary' }),
    ),
  ),
  { maxLength: 4 },
);
const changed = (seed: string, cuts: readonly (readonly [number, number, string])[]) =>
  cuts.reduce((text, [where, length, put]) => {
    const at = Math.floor(where * text.length);
    return text.slice(0, at) + put + text.slice(at + length);
  }, seed);

describe('whatever comes in', () => {
  test('as XML is read or refused with a code', () => {
    fc.assert(
      fc.property(fc.nat(10_000), mutation, (which, cuts) => {
        expectRefusalOrNothing(() => read(changed(seeds[which % seeds.length]!, cuts)));
      }),
      { numRuns: 1500 },
    );
  });

  test('as the field of a form is read or refused with a code', () => {
    const field = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
    );
    fc.assert(
      fc.property(field, (value) => expectRefusalOrNothing(() => read(decodePost(value)))),
      { numRuns: 500 },
    );
  });

  test('as a query is read or refused with a code', () => {
    fc.assert(
      fc.property(fc.nat(10_000), mutation, mutation, (which, cuts, queryCuts) => {
        const deflated = deflateRawSync(changed(seeds[which % seeds.length]!, cuts)).toString('base64');
        const query = changed(
          `SAMLResponse=${encodeURIComponent(deflated)}&RelayState=x&SigAlg=a&Signature=AAAA`,
          queryCuts,
        );
        expectRefusalOrNothing(() => read(decodeRedirect(query).xml));
      }),
      { numRuns: 500 },
    );
  });

  test('inside an encryption is read or refused with a code', () => {
    fc.assert(
      fc.property(fc.nat(10_000), mutation, (which, cuts) => {
        const inside = workshop.encrypted(changed(seeds[which % seeds.length]!, cuts));
        const head =
          '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" Version="2.0" IssueInstant="2026-01-01T00:00:00Z"><saml:Issuer>i</saml:Issuer><samlp:Status><samlp:StatusCode Value="x"/></samlp:Status>';
        expectRefusalOrNothing(() => read(`${head}${inside}</samlp:Response>`));
      }),
      { numRuns: 200 },
    );
  });
});

const size = 64 * 1024;
const filled = (unit: string) => unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
describe('64 KB of', () => {
  test.each(
    [
      '<',
      '<a>',
      '<a ',
      '<a b="',
      '&',
      '&#x',
      '&amp;',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      ' ',
      '\n',
      '\r',
      '"',
      "'",
      '=',
      '<a xmlns:a="',
      'a:',
      '<a:b xmlns:a="urn:a"/>',
      '<?',
      '</',
      '\u00e9',
      '\ud83c\udf88',
      '\u0300',
    ].map((unit) => [unit]),
  )('%j, alone or in a Response, end', (unit) => {
    expectRefusalOrNothing(() => read(filled(unit)));
    expectRefusalOrNothing(() =>
      read(
        `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Version="2.0">${filled(unit)}</samlp:Response>`,
      ),
    );
    expectRefusalOrNothing(() => decodePost(Buffer.from(filled(unit)).toString('base64')));
    expectRefusalOrNothing(() => decodeRedirect(filled(unit).slice(0, 32_000)));
  });

  test('deflated zeros that become 16 MB end while they inflate', () => {
    const bomb = deflateRawSync(Buffer.alloc(16 * 1024 * 1024)).toString('base64');
    expect(refusalOf(() => decodeRedirect(`SAMLResponse=${encodeURIComponent(bomb)}`))).toBe('ERR_REQUEST_TOO_LARGE');
  });
});
