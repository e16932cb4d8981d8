import { describe, expect, it } from 'vitest';
import { fixedPartners } from '../../../src/metadata/partners.ts';
import { createIdentityProvider, type IdentityProvider } from '../../../src/protocols/saml-sp/identity-provider.ts';
import { createIdentityProviders } from '../../../src/protocols/saml-sp/identity-providers.ts';
import { makeKeyPair } from '../../support/keys.ts';
import { rejectionOf } from '../../support/thrown-code.ts';

const pair = makeKeyPair('ec');
const provider = (enabled?: boolean): IdentityProvider =>
  createIdentityProvider(
    {
      entityId: 'urn:idp',
      signingKeys: [pair.publicKey],
      encryptionKeys: [],
      singleSignOnServices: [{ binding: 'HTTP-Redirect', location: 'https://idp.example.com/sso' }],
      singleLogoutServices: [],
      artifactResolutionServices: [],
      nameIdFormats: [],
      wantAuthnRequestsSigned: false,
    },
    { enabled, idpInitiated: false, forceAuthn: false, maxAuthnAgeMs: 1, decryptionCiphers: [] },
  );
const source = (one: IdentityProvider, isFederation = false) => ({
  known: fixedPartners([one]),
  entries: () => [{ entityId: one.entityId, partner: () => one }],
  isFederation,
});

describe('an identity provider that is switched off', () => {
  it('is nobody, also where a federation has it', async () => {
    const providers = createIdentityProviders([source(provider(false)), source(provider(), true)]);
    expect(await rejectionOf(providers.find('urn:idp', 0))).toBe('ERR_SAML_UNKNOWN_PARTNER');
  });

  it('is offered to nobody', () => {
    expect(createIdentityProviders([source(provider(false))]).list(0)).toEqual([]);
    expect(createIdentityProviders([source(provider())]).list(0)).toHaveLength(1);
  });
});
