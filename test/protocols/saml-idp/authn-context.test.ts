import { describe, expect, it, test } from 'vitest';
import {
  createAuthnContexts,
  defaultAuthnContexts,
  factorsWithin,
} from '../../../src/protocols/saml-idp/authn-context.ts';
import type { Factor } from '../../../src/spi/factors.ts';
import type { SsoEntry } from '../../../src/spi/sso-store.ts';
import { authnContextClasses } from '../../../src/wire/saml/constants.ts';

const {
  password,
  passwordProtectedTransport: ppt,
  tlsClient,
  unspecified,
  timeSyncToken,
  refedsMfa,
  kerberos,
} = authnContextClasses;
const contexts = createAuthnContexts(defaultAuthnContexts);
const asks = (comparison: string, ...classRefs: string[]) => ({ comparison, classRefs });
const stranger = 'urn:oasis:names:tc:SAML:2.0:ac:classes:NomadTelephony';

function session(factors: readonly Factor[], confidential = true): SsoEntry {
  return {
    version: 1,
    domain: 'd',
    principal: 'eric',
    roles: [],
    attributes: {},
    mechanism: 'FORM',
    factors,
    confidential,
    decision: 'D',
    authenticatedAt: 0,
    expiresAt: 1,
    idleMs: 1,
    participants: [],
  };
}

const inTheClear = session(['password'], false);
const byPassword = session(['password']);
const byCode = session(['password', 'one-time-code']);
const byTicket = session(['kerberos']);
const byCertificate = session(['certificate']);

describe('the class that the assertion names', () => {
  it.each([
    [inTheClear, password],
    [byPassword, ppt],
    [byTicket, kerberos],
    [byCertificate, tlsClient],
    [byCode, timeSyncToken],
    [session([]), unspecified],
  ])('is the strongest that is true of the session where nobody asks: %#', (entry, uri) => {
    expect(contexts.classFor(undefined, entry)).toBe(uri);
  });

  it('of an entry of an older release follows from its mechanism', () => {
    const { factors: _, ...old } = byPassword;
    expect(contexts.classFor(undefined, old)).toBe(ppt);
    expect(contexts.classFor(undefined, { ...old, mechanism: 'CLIENT-CERT' })).toBe(tlsClient);
  });

  it.each([
    [asks('exact', ppt), byPassword, ppt],
    [asks('exact', ppt), inTheClear, undefined],
    [asks('exact', ppt), byCode, ppt],
    [asks('exact', password, ppt), inTheClear, password],
    [asks('exact', refedsMfa, timeSyncToken), byCode, refedsMfa],
    [asks('exact', timeSyncToken, refedsMfa), byCode, timeSyncToken],
    [asks('exact', refedsMfa, ppt), byPassword, ppt],
    [asks('exact', unspecified), inTheClear, password],
    [asks('exact', tlsClient), byPassword, undefined],
    [asks('exact', stranger), byCode, undefined],
    [asks('exact', stranger, ppt), byPassword, ppt],
    [asks('minimum', password), byPassword, ppt],
    [asks('minimum', ppt), inTheClear, undefined],
    [asks('minimum', ppt), byTicket, kerberos],
    [asks('minimum', refedsMfa), byCode, refedsMfa],
    [asks('minimum', refedsMfa), byCertificate, undefined],
    [asks('minimum', unspecified), session([]), unspecified],
    [asks('minimum', stranger), byCode, undefined],
    [asks('maximum', password), byPassword, undefined],
    [asks('maximum', ppt), inTheClear, password],
    [asks('maximum', ppt), byCode, ppt],
    [asks('better', password), byPassword, ppt],
    [asks('better', ppt), byPassword, undefined],
    [asks('better', ppt), byCertificate, tlsClient],
    [asks('better', unspecified), inTheClear, password],
    [asks('better', unspecified), session([]), undefined],
    [asks('better', password, stranger), byCode, undefined],
    [asks('sideways', password), byCode, undefined],
  ])('%j: %#', (requested, entry, expected) => {
    expect(contexts.classFor(requested, entry)).toBe(expected);
  });
});

describe('what a new login has to prove', () => {
  const within = factorsWithin(['FORM', 'CLIENT-CERT'], true);

  it.each([
    [undefined, []],
    [asks('exact', unspecified), []],
    [asks('exact', ppt), ['password']],
    [asks('minimum', ppt), ['password']],
    [asks('minimum', refedsMfa), ['one-time-code']],
    [asks('better', ppt), ['certificate']],
    [asks('exact', kerberos), undefined],
    [asks('exact', password), undefined],
    [asks('exact', stranger), undefined],
  ])('for %j', (requested, factors) => {
    expect(contexts.factorsFor(requested, within, true)).toEqual(factors);
  });

  test('is nothing that a domain without codes could ask for', () => {
    expect(contexts.factorsFor(asks('exact', refedsMfa), factorsWithin(['FORM'], false), true)).toBeUndefined();
  });

  test('is anything where a mechanism of somebody else asks', () => {
    expect(factorsWithin(['THEIRS'], false)).toEqual(['password', 'certificate', 'kerberos']);
  });
});
