/** @module The service-provider part of the configuration: what it resolves to, and what is said against it. */
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { catalog } from '../support/whole-catalog.ts';

const domains = 'security-domains: { d: { authentication: [ { code: SAML2, flag: required } ] } }';
const provider = (more = '') => `saml-sp: { identity-providers: { idp: { metadata: idp.xml }${more} } }`;
const application = (more: string, name = 'a') =>
  `${name}: { security-domain: d, upstream: 'http://127.0.0.1:1', ${more} }`;

function load(...sections: readonly string[]) {
  return loadConfiguration({
    text: [domains, ...sections].join('\n'),
    file: 'gatehouse.yaml',
    catalog,
    environment: {},
    readSecretFile: () => ({ problem: 'none' }),
  });
}

function problemsOf(...sections: readonly string[]): readonly string[] {
  const loaded = load(...sections);
  return loaded.status === 'refused' ? loaded.problems.map(({ path, message }) => `${path} ${message}`) : [];
}

describe('saml-sp', () => {
  it('has defaults that ask for much and allow little', () => {
    const loaded = load(provider(), `applications: { ${application('mechanisms: [SAML]')} }`);
    if (loaded.status === 'refused') throw new Error(JSON.stringify(loaded.problems));
    expect(loaded.configuration.samlSp).toMatchObject({
      signing: { key: 'data/keys/sp.key', certificate: 'data/keys/sp.crt', algorithm: 'rsa-sha256' },
      clockSkewMs: 60_000,
      identityProviders: [
        {
          key: 'idp',
          source: { kind: 'metadata', where: 'idp.xml' },
          idpInitiated: false,
          forceAuthn: false,
          maxAuthnAgeMs: 24 * 3600_000,
          decryptionCiphers: ['aes128-gcm', 'aes256-gcm'],
        },
      ],
    });
  });

  it('takes what an application says of itself', () => {
    const own = "saml-sp: { entity-id: 'urn:a', identity-providers: [idp], response-binding: artifact }";
    const loaded = load(provider(), `applications: { ${application(`mechanisms: [SAML], ${own}`)} }`);
    if (loaded.status === 'refused') throw new Error(JSON.stringify(loaded.problems));
    expect(loaded.configuration.applications[0]?.samlSp).toEqual({
      entityId: 'urn:a',
      identityProviders: ['idp'],
      responseBinding: 'artifact',
    });
  });

  it.each([
    [
      'an application with SAML and no identity provider',
      [`applications: { ${application('mechanisms: [SAML]')} }`],
      'applications.a has the mechanism SAML, but there is no section saml-sp that names identity providers',
    ],
    [
      'an application that is none',
      [provider(), `applications: { ${application('mechanisms: [FORM], saml-sp: {}')} }`],
      'applications.a.saml-sp has no effect: the application has no mechanism SAML',
    ],
    [
      'an unknown identity provider',
      [provider(), `applications: { ${application('mechanisms: [SAML], saml-sp: { identity-providers: [ipd] }')} }`],
      'applications.a.saml-sp.identity-providers[0] unknown identity provider "ipd"; did you mean "idp"?',
    ],
    [
      'two applications of one entityID',
      [
        provider(),
        `applications: { ${application("mechanisms: [SAML], saml-sp: { entity-id: 'urn:x' }")}, ${application("mechanisms: [SAML], saml-sp: { entity-id: 'urn:x' }", 'b')} }`,
      ],
      'applications.b.saml-sp.entity-id is the entityID of the application "a"',
    ],
    [
      'artifacts of providers that are asked for one by one',
      [
        provider(", mdq: { mdq: 'https://mdq.example/' }"),
        `applications: { ${application('mechanisms: [SAML], saml-sp: { response-binding: artifact }')} }`,
      ],
      'applications.a.saml-sp.response-binding does not go with the identity provider "mdq", whose metadata is asked for one by one (mdq)',
    ],
    [
      'SAML at our own identity provider',
      [provider(), 'saml-idp: { security-domain: d, mechanisms: [SAML] }'],
      'saml-idp.mechanisms SAML is for applications: the identity provider does not send people on to another one',
    ],
    [
      'an identity provider without a source',
      ['saml-sp: { identity-providers: { idp: { name: x } } }'],
      'saml-sp.identity-providers.idp needs one of metadata, metadata-url, aggregate, mdq',
    ],
    [
      'metadata that anybody on the way could change',
      ["saml-sp: { identity-providers: { idp: { metadata-url: 'http://idp.example/m' } } }"],
      'saml-sp.identity-providers.idp.metadata-url must be https, or have a signing-certificate: anybody on the way could change it',
    ],
    [
      'no identity provider',
      ['saml-sp: { identity-providers: {} }'],
      'saml-sp.identity-providers must have at least one entry',
    ],
  ])('refuses %s', (_what, sections, problem) => {
    expect(problemsOf(...sections)).toEqual([problem]);
  });
});
