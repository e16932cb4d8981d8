import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../src/adapters/system-clock.ts';
import { createNameIdSource } from '../../../src/protocols/saml-idp/name-id.ts';
import { Secret } from '../../../src/spi/secret.ts';
import type { SsoEntry } from '../../../src/spi/sso-store.ts';
import { nameIdFormats } from '../../../src/wire/saml/constants.ts';

const entry: SsoEntry = {
  version: 1,
  domain: 'idp-domain',
  principal: 'eric',
  roles: [],
  attributes: {},
  mechanism: 'FORM',
  confidential: true,
  decision: 'D',
  authenticatedAt: 0,
  expiresAt: 1,
  idleMs: 1,
  participants: [],
};

const source = (byte: number) =>
  createNameIdSource({
    pairwiseKey: new Secret(new Uint8Array(32).fill(byte)),
    random: systemRandom,
    scope: 'example.com',
  });
const nameOf = (who: SsoEntry, partner: string, format: string, byte = 1) =>
  source(byte).nameIdFor(who, partner, format)?.value;

describe('subject identifiers', () => {
  const idsOf = (who: SsoEntry, partner: string) => source(1).subjectIdsFor(who, partner);

  it('have the form that their profile wants, and say nothing of the name', () => {
    const { subjectId, pairwiseId } = idsOf(entry, 'urn:a');
    for (const id of [subjectId(), pairwiseId()]) expect(id).toMatch(/^[0-9a-f]{64}@example\.com$/);
  });

  it('subject-id is one everywhere, pairwise-id another at each partner', () => {
    expect(idsOf(entry, 'urn:a').subjectId()).toBe(idsOf(entry, 'urn:b').subjectId());
    expect(idsOf(entry, 'urn:a').pairwiseId()).toBe(idsOf(entry, 'urn:a').pairwiseId());
    expect(idsOf(entry, 'urn:a').pairwiseId()).not.toBe(idsOf(entry, 'urn:b').pairwiseId());
    expect(idsOf({ ...entry, principal: 'amar' }, 'urn:a').subjectId()).not.toBe(idsOf(entry, 'urn:a').subjectId());
  });
});

describe('the NameID', () => {
  it('is the name itself where nothing else was asked for', () => {
    expect(nameOf(entry, 'urn:a', nameIdFormats.unspecified)).toBe('eric');
  });

  it('as persistent is stable for a person and a partner, and tells two partners nothing in common', () => {
    const name = nameOf(entry, 'urn:a', nameIdFormats.persistent);
    expect(nameOf(entry, 'urn:a', nameIdFormats.persistent)).toBe(name);
    expect(nameOf(entry, 'urn:b', nameIdFormats.persistent)).not.toBe(name);
    expect(nameOf({ ...entry, principal: 'amar' }, 'urn:a', nameIdFormats.persistent)).not.toBe(name);
    expect(nameOf({ ...entry, domain: 'other' }, 'urn:a', nameIdFormats.persistent)).not.toBe(name);
    expect(nameOf(entry, 'urn:a', nameIdFormats.persistent, 2)).not.toBe(name);
    expect(name).not.toContain('eric');
  });

  it('as transient is new each time', () => {
    expect(nameOf(entry, 'urn:a', nameIdFormats.transient)).not.toBe(nameOf(entry, 'urn:a', nameIdFormats.transient));
  });

  it('as e-mail address is the mail attribute or a name that is one, and there is none otherwise', () => {
    expect(nameOf({ ...entry, attributes: { mail: ['e@x.org'] } }, 'urn:a', nameIdFormats.emailAddress)).toBe(
      'e@x.org',
    );
    expect(nameOf({ ...entry, principal: 'eric@x.org' }, 'urn:a', nameIdFormats.emailAddress)).toBe('eric@x.org');
    expect(nameOf(entry, 'urn:a', nameIdFormats.emailAddress)).toBeUndefined();
  });

  it.each([
    [nameIdFormats.x509SubjectName, { principals: [{ name: 'CN=eric,O=x', type: 'x500' as const }] }, 'CN=eric,O=x'],
    [nameIdFormats.kerberos, { principals: [{ name: 'eric@X.ORG', type: 'kerberos' as const }] }, 'eric@X.ORG'],
    [nameIdFormats.windowsDomainQualifiedName, { attributes: { 'msDS-PrincipalName': ['X\\eric'] } }, 'X\\eric'],
    [nameIdFormats.windowsDomainQualifiedName, { principal: 'X\\eric' }, 'X\\eric'],
  ])('as %s is what the login has proved, and there is none otherwise', (format, changes, value) => {
    expect(nameOf({ ...entry, ...changes }, 'urn:a', format)).toBe(value);
    expect(nameOf(entry, 'urn:a', format)).toBeUndefined();
  });

  it('is not offered in a format that nobody here can make', () => {
    expect(nameOf(entry, 'urn:a', 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity')).toBeUndefined();
  });
});
