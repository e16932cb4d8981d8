import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type LintCode, lintRules } from '../../../../src/wire/saml/lint/finding.ts';
import { type LintOptions, lintMetadata } from '../../../../src/wire/saml/lint/lint.ts';
import { federation, signRoot } from '../../../support/federation.ts';
import { makeKeyPair } from '../../../support/keys.ts';
import { acs, entities, entity, key, post, simpleAcs } from '../../../support/sp-metadata.ts';

const pair = makeKeyPair('rsa');
const other = makeKeyPair('rsa');
const weak = () => {
  const pem = execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:1024', '-nodes', '-keyout', '/dev/null', '-days', '30', '-subj', '/CN=weak'],
  ]).toString();
  return { certificate: Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64') };
};
const now = Date.now();
const day = 86_400_000;
const until = (ms: number) => ` validUntil="${new Date(now + ms).toISOString()}"`;
const codes = (xml: string, options: Partial<LintOptions> = {}) =>
  lintMetadata(Buffer.from(xml), { as: 'sp', now, encrypt: false, pins: undefined, ...options }).findings.map(
    ({ code }) => code,
  );
const signed = entity({ entityAttributes: ` ID="_f"${until(30 * day)}` });
const idp = entity().replaceAll('SPSSODescriptor', 'IDPSSODescriptor');

const cases: Readonly<
  Record<Exclude<LintCode, 'schema-invalid'>, readonly [xml: string, options?: Partial<LintOptions>]>
> = {
  'not-read': ['<!DOCTYPE a><a/>'],
  'signature-wrong': [signRoot(signed, other), { pins: [pair.publicKey] }],
  'signature-sha1': [signRoot(signed, pair).replace('xmldsig-more#rsa-sha256', 'x#rsa-sha1')],
  'entity-id-missing': [entity({ entityId: '' })],
  'entity-twice': [entities(entity() + entity())],
  'role-missing': [idp],
  'role-twice': [entity().replace(/(<md:SPSS.*<\/md:SPSSODescriptor>)/, '$1$1')],
  'role-unreadable': [entity({ roleAttributes: ' WantAssertionsSigned="maybe"' })],
  'valid-until-passed': [entity({ entityAttributes: until(-1000) })],
  'valid-until-soon': [entity({ roleAttributes: until(day) })],
  'valid-until-missing': [signRoot(federation({ count: 1 }), pair), { pins: [pair.publicKey] }],
  'certificate-unreadable': [entity({ role: key({ certificate: Buffer.from('none') }) + simpleAcs })],
  'certificate-expired': [entity({ role: key(pair) + simpleAcs }), { now: now + 31 * day }],
  'certificate-future': [entity({ role: key(pair) + simpleAcs }), { now: now - day }],
  'key-weak': [entity({ role: key(weak()) + simpleAcs })],
  'key-missing-signing': [entity({ roleAttributes: ' AuthnRequestsSigned="true"' })],
  'key-missing-encryption': [entity({ role: key(pair, ' use="signing"') + simpleAcs }), { encrypt: true }],
  'acs-missing': [entity({ role: simpleAcs.replace('HTTP-POST', 'SOAP') })],
  'sso-missing': [idp.replace(simpleAcs, key(pair)), { as: 'idp' }],
  'endpoint-http': [entity({ role: acs(`${post} Location="http://sp.example.com/acs" index="0"`) })],
  'index-twice': [entity({ role: simpleAcs + simpleAcs })],
  'default-twice': [
    entity({
      role: [0, 1].map((n) => acs(`${post} Location="https://sp/${n}" index="${n}" isDefault="true"`)).join(''),
    }),
  ],
  'name-id-unknown': [entity({ role: `<md:NameIDFormat>urn:x</md:NameIDFormat>${simpleAcs}` })],
};

describe('the linter of metadata', () => {
  it.each(Object.entries(cases))('finds %s, and nothing else', (code, [xml, options]) => {
    expect(codes(xml, options)).toEqual([code]);
  });

  it('says of each rule whose fault it is, by which clause, and what to do', () => {
    for (const rule of Object.values(lintRules)) {
      for (const text of [rule.message, rule.clause, rule.fix]) expect(text.length).toBeGreaterThan(5);
    }
  });

  it.each([
    ['of a service provider', entity({ role: key(pair) + simpleAcs }), {}],
    [
      'of an aggregate that is signed',
      signRoot(federation({ count: 3, attributes: until(30 * day) }), pair),
      { pins: [pair.publicKey] },
    ],
    ['of both kinds in one aggregate', entities(entity() + idp.replace('sp.example.com', 'idp.example.com')), {}],
  ])('has nothing against good metadata %s', (_what, xml, options) => {
    expect(codes(xml, options)).toEqual([]);
  });

  it('finds what is wrong with every entity, and says of which', () => {
    const bad = entities(entity({ entityId: 'urn:a', role: '' }) + entity({ entityId: 'urn:b', role: '' }));
    const { findings } = lintMetadata(Buffer.from(bad), { as: 'sp', now, encrypt: false, pins: undefined });
    expect(findings.map(({ entityId }) => entityId)).toEqual(['urn:a', 'urn:b']);
  });

  it('stops at a thousand findings', () => {
    const bad = federation({ count: 1100 }).replaceAll('bindings:HTTP-POST', 'bindings:SOAP');
    expect(lintMetadata(Buffer.from(bad), { as: 'sp', now, encrypt: false, pins: undefined })).toMatchObject({
      isCut: true,
    });
  });
});
