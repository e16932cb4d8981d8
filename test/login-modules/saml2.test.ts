/** @module Login module SAML2: what an identity provider has said in a response that was verified, and nothing that can be typed. */
import { describe, expect, it } from 'vitest';
import { saml2 } from '../../login-modules/saml2.ts';
import type { VerifiedResponseEvidence } from '../../src/spi/evidence.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { hostileNames, password, verifiedResponse } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices } from '../support/plugin-services.ts';

const attributes = [
  { name: 'Role', values: ['admin', 'auditor'] },
  { name: 'mail', values: ['mary@example.com'] },
  { name: 'Role', values: ['admin', 'operator'] },
];
const mary = verifiedResponse('mary', { attributes });

loginModuleConformance({
  factory: saml2,
  options: { 'password-stacking': 'useFirstPass', 'role-attribute': 'Role' },
  services: () => pluginServices(),
  accepted: { evidence: mary, name: 'mary', roles: ['admin', 'auditor', 'operator'] },
});

async function outcomeOf(evidence: VerifiedResponseEvidence, options: Readonly<Record<string, unknown>> = {}) {
  const module = await saml2.create(options, pluginServices());
  return module.login(loginContext(evidence));
}

describe('SAML2', () => {
  it('gives no role without the name of an attribute for them', async () => {
    expect(await outcomeOf(mary)).toMatchObject({ contribution: { roles: [] } });
  });

  it('takes roles from several attributes where it is told so', async () => {
    const options = { 'role-attribute': ['Role', 'mail'] };
    expect(await outcomeOf(mary, options)).toMatchObject({
      contribution: { roles: ['admin', 'auditor', 'mary@example.com', 'operator'] },
    });
  });

  it('never takes an attribute for another by the look of its name', async () => {
    expect(await outcomeOf(mary, { 'role-attribute': 'role' })).toMatchObject({ contribution: { roles: [] } });
  });

  it('puts the roles into another group where JBoss would', async () => {
    const outcome = await outcomeOf(mary, { 'role-attribute': 'mail', groupPrincipalName: 'Others' });
    expect(outcome).toMatchObject({ contribution: { roles: [], groups: { Others: ['mary@example.com'] } } });
  });

  it('takes the name from an attribute where it is told so', async () => {
    const outcome = await outcomeOf(mary, { 'principal-attribute': 'mail' });
    expect(outcome).toMatchObject({ contribution: { identity: { name: 'mary@example.com', type: 'user' } } });
  });

  it.each([
    ['no value', 'cn'],
    ['several values', 'Role'],
  ])('refuses an attribute for the name with %s', async (_what, attribute) => {
    const outcome = await outcomeOf(mary, { 'principal-attribute': attribute });
    expect(outcome).toMatchObject({ status: 'failed', reason: 'malformed-name' });
  });

  it('refuses an assertion that names nobody', async () => {
    const { nameId: _, ...nobody } = mary;
    expect(await outcomeOf(nobody)).toMatchObject({ status: 'failed', reason: 'malformed-name' });
  });

  it.each(hostileNames.filter(([, name]) => name === '' || /\p{Cc}|\p{Cs}/u.test(name) || name.length > 1024))(
    'refuses %s for a name',
    async (_what, name) => {
      expect(await outcomeOf(verifiedResponse(name))).toMatchObject({ status: 'failed', reason: 'malformed-name' });
    },
  );

  it('keeps every attribute, each with its values once', async () => {
    expect(await outcomeOf(mary)).toMatchObject({
      contribution: { attributes: { Role: ['admin', 'auditor', 'operator'], mail: ['mary@example.com'] } },
    });
  });

  it('keeps the attributes that it is told to keep and no other', async () => {
    const outcome = await outcomeOf(mary, { attributes: ['mail'] });
    expect(outcome).toHaveProperty('contribution.attributes', { mail: ['mary@example.com'] });
  });

  it('refuses more attributes than a session can keep', async () => {
    const long = verifiedResponse('mary', { attributes: [{ name: 'photo', values: ['x'.repeat(40_000)] }] });
    expect(await outcomeOf(long)).toMatchObject({ status: 'failed', reason: 'not-permitted' });
    expect(await outcomeOf(long, { attributes: [] })).toMatchObject({ status: 'succeeded' });
  });

  it('says in the trace who vouched and how it was protected', async () => {
    const outcome = await outcomeOf({ ...mary, encrypted: true, authnContext: 'urn:x:Password' });
    expect(outcome).toMatchObject({
      note: 'issuer https://idp.example.com/saml/idp, assertion signed, encrypted, asked for, urn:x:Password',
    });
  });

  it("refuses the constant that JBoss's module took for a password", async () => {
    const module = await saml2.create({}, pluginServices());
    expect(await module.login(loginContext(password('mary', 'EMPTY_STR')))).toMatchObject({
      status: 'failed',
      reason: 'unsupported-evidence',
    });
  });
});
