import { describe, expect, it } from 'vitest';
import { createPartnerTable } from '../../src/metadata/partner-table.ts';
import { createPartners, fixedPartners } from '../../src/metadata/partners.ts';
import { createPartner, type Partner, type PartnerSettings } from '../../src/protocols/saml-idp/partner.ts';
import { refusalOf, rejectionOf } from '../support/thrown-code.ts';

const settings: PartnerSettings = { sign: 'assertion', roleAttribute: 'Role' };
const partner = (entityId: string, validUntil?: number, changes: Partial<PartnerSettings> = {}) =>
  createPartner(
    {
      entityId,
      signingKeys: [],
      encryptionKeys: [],
      assertionConsumerServices: [{ binding: 'HTTP-POST', location: 'https://sp/acs', index: 0 }],
      singleLogoutServices: [],
      nameIdFormats: [],
      authnRequestsSigned: false,
      ...(validUntil === undefined ? {} : { validUntil }),
    },
    { ...settings, ...changes },
  );

describe('the partners', () => {
  it('do not know a partner whose metadata has run out', async () => {
    const partners = fixedPartners([partner('urn:sp', 1000)]);
    expect((await partners.find('urn:sp', 999)).entityId).toBe('urn:sp');
    expect(await rejectionOf(partners.find('urn:sp', 1000))).toBe('ERR_SAML_UNKNOWN_PARTNER');
    expect(partners.list(1000)).toEqual([]);
  });

  it('refuse two of one entityID', () => {
    const one = partner('urn:sp');
    expect(refusalOf(() => fixedPartners([one, one]))).toBe('ERR_SAML_METADATA');
  });

  it('take the first source that has valid metadata of a partner', async () => {
    const [expired, first, second] = [partner('urn:sp', 10), partner('urn:sp'), partner('urn:sp')];
    const table = createPartnerTable<Partner>();
    for (const one of [expired, first, second]) {
      table.slot({ listed: true }).replace([{ entityId: one.entityId, partner: () => one }]);
    }
    const partners = createPartners(table);
    expect(await partners.find('urn:sp', 10)).toBe(first);
    expect(partners.list(10)).toEqual([first]);
  });

  it('do not know a partner that is switched off, also where a later entry has it', async () => {
    const [off, on, expired] = [
      partner('urn:sp', undefined, { enabled: false }),
      partner('urn:sp'),
      partner('urn:sp', 10, { enabled: false }),
    ];
    for (const first of [off, expired]) {
      const table = createPartnerTable<Partner>();
      for (const one of [first, on]) {
        table.slot({ listed: true }).replace([{ entityId: 'urn:sp', partner: () => one }]);
      }
      const partners = createPartners(table, [{ find: async () => on }]);
      expect(await rejectionOf(partners.find('urn:sp', 20))).toBe('ERR_SAML_UNKNOWN_PARTNER');
      expect(partners.list(20)).toEqual([]);
    }
  });

  it('do not know a partner of a source that is switched off', async () => {
    const off = partner('urn:sp', undefined, { enabled: false });
    const partners = createPartners(createPartnerTable<Partner>(), [{ find: async () => off }]);
    expect(await rejectionOf(partners.find('urn:sp', 0))).toBe('ERR_SAML_UNKNOWN_PARTNER');
  });
});
