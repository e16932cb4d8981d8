import { describe, expect, it } from 'vitest';
import { createPartnerTable } from '../../src/metadata/partner-table.ts';
import { createPartners, fixedPartners } from '../../src/metadata/partners.ts';
import { createPartner, type Partner, type PartnerSettings } from '../../src/protocols/saml-idp/partner.ts';
import { refusalOf, rejectionOf } from '../support/thrown-code.ts';

const settings: PartnerSettings = { sign: 'assertion', roleAttribute: 'Role' };
const partner = (entityId: string, validUntil?: number) =>
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
    settings,
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
});
