import { describe, expect, it } from 'vitest';
import { type AttributeAnswer, answerAttributes } from '../../../src/protocols/saml-idp/attribute-answer.ts';
import { createNameIdSource } from '../../../src/protocols/saml-idp/name-id.ts';
import { createPartner, type PartnerSettings } from '../../../src/protocols/saml-idp/partner.ts';
import { Secret } from '../../../src/spi/secret.ts';
import type { FoundSession, ParticipantClaim, SsoEntry } from '../../../src/spi/sso-store.ts';
import type { ReadNameId } from '../../../src/wire/saml/assertion.ts';
import { nameIdFormats } from '../../../src/wire/saml/constants.ts';
import { createFakeRandom } from '../../support/fake-random.ts';

const entityId = 'https://idp.invalid';

function entry(changes: Partial<SsoEntry> = {}): SsoEntry {
  return {
    ...{ version: 1, domain: 'd', principal: 'eric', roles: ['all'], attributes: { mail: ['eric@example.com'] } },
    ...{ mechanism: 'FORM', confidential: true, decision: 'D', authenticatedAt: 1, expiresAt: 9e15, idleMs: 1 },
    participants: [],
    ...changes,
  };
}

function partner(settings: Partial<PartnerSettings> = {}) {
  return createPartner(
    {
      entityId: 'urn:sp',
      signingKeys: [],
      encryptionKeys: [],
      assertionConsumerServices: [{ binding: 'HTTP-POST', location: 'https://sp.invalid/acs', index: 0 }],
      singleLogoutServices: [],
      nameIdFormats: [],
      authnRequestsSigned: false,
    },
    { sign: 'assertion', roleAttribute: 'Role', ...settings },
  );
}

async function answer(
  name: ReadNameId | undefined,
  sessions: readonly SsoEntry[] = [entry()],
  settings: Partial<PartnerSettings> = {},
): Promise<{ readonly said: AttributeAnswer; readonly claims: readonly ParticipantClaim[] }> {
  const claims: ParticipantClaim[] = [];
  const said = await answerAttributes(
    {
      entityId,
      domain: 'd',
      nameIds: createNameIdSource({
        pairwiseKey: new Secret(new Uint8Array(32)),
        random: createFakeRandom(),
        scope: 'example.com',
      }),
      sessions: {
        async findByParticipant(claim) {
          claims.push(claim);
          return sessions.map((one, index): FoundSession => ({ key: `${index}`, entry: one }));
        },
      },
    },
    { partner: partner(settings), name, wantsConfirmation: false, wanted: [] },
  );
  return { said, claims };
}

const eric: ReadNameId = { value: 'eric' };

describe('whom a partner asks about', () => {
  it('is looked for by its own entityID, the name and its format, which is unspecified where it is not said', async () => {
    const { claims } = await answer(eric);
    expect(claims).toEqual([{ kind: 'saml', name: 'urn:sp', nameId: 'eric', nameIdFormat: nameIdFormats.unspecified }]);
  });

  it('is the one of the session that began last', async () => {
    const sessions = [entry({ authenticatedAt: 2, roles: ['old'] }), entry({ authenticatedAt: 3, roles: ['new'] })];
    const { said } = await answer(eric, sessions);
    expect(said).toMatchObject({ status: 'known', attributes: [{ name: 'Role', values: ['new'] }] });
  });

  it('is nobody of another security domain', async () => {
    const { said } = await answer(eric, [entry({ domain: 'other' })]);
    expect(said).toEqual({ status: 'refused', refusal: { fault: 'Requester', status: 'UnknownPrincipal' } });
  });

  it.each<readonly [string, ReadNameId | undefined]>([
    ['of another provider', { ...eric, nameQualifier: 'urn:other' }],
    ['made for another partner', { ...eric, spNameQualifier: 'urn:other' }],
    ['made for an affiliation that the partner is not in', { ...eric, spNameQualifier: 'urn:affiliation' }],
    ['that cannot be one of ours', undefined],
  ])('is not looked for by a name %s', async (_what, name) => {
    const { said, claims } = await answer(name);
    expect([said.status, claims]).toEqual(['refused', []]);
  });

  it('may be named as one of us, of the partner, or of its affiliation', async () => {
    const settings = { affiliation: 'urn:affiliation' };
    for (const qualifiers of [
      { nameQualifier: entityId },
      { spNameQualifier: 'urn:sp' },
      { spNameQualifier: 'urn:affiliation' },
    ]) {
      expect((await answer({ ...eric, ...qualifiers }, [entry()], settings)).said.status).toBe('known');
    }
  });
});

describe('what a partner is told', () => {
  const rule = { nameFormat: 'urn:f', values: [], attribute: 'mail', from: 'attribute' } as const;

  it('is what its rules say, and what has no rule is not', async () => {
    const { said } = await answer(eric, [entry()], { attributes: [{ ...rule, name: 'm', required: false }] });
    expect(said).toMatchObject({ attributes: [{ name: 'm', nameFormat: 'urn:f', values: ['eric@example.com'] }] });
  });

  it('is nothing at all where a value is missing that it must have', async () => {
    const attributes = [{ ...rule, name: 'm', required: true }];
    const { said } = await answer(eric, [entry({ attributes: {} })], { attributes });
    expect(said).toMatchObject({
      status: 'refused',
      refusal: { fault: 'Responder', status: 'RequestDenied', detail: 'no value of m' },
      entry: { principal: 'eric' },
    });
  });

  it('is a pairwise identifier of the same space as its sign-on had', async () => {
    const attributes = [{ ...rule, name: 'id', from: 'pairwise-id', required: false } as const];
    const valueFor = async (name: ReadNameId) => {
      const { said } = await answer(name, [entry()], { attributes, affiliation: 'urn:affiliation' });
      return said.status === 'known' ? said.attributes[0]?.values[0] : undefined;
    };
    expect(await valueFor(eric)).toBe(await valueFor({ ...eric, spNameQualifier: 'urn:affiliation' }));
    expect(await valueFor(eric)).not.toBe(await valueFor({ ...eric, spNameQualifier: 'urn:sp' }));
  });
});
