/** @module What is encrypted for a partner follows from its setting `what`. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encryptionFor, nameEncryptionFor } from '../../../src/protocols/saml-idp/encryption.ts';
import { createPartner } from '../../../src/protocols/saml-idp/partner.ts';
import type { EncryptedPart } from '../../../src/spi/xml-encryption.ts';
import type { SpMetadata } from '../../../src/wire/saml/sp-metadata.ts';
import { createFakeRandom } from '../../support/fake-random.ts';

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const metadata: SpMetadata = {
  entityId: 'urn:sp',
  signingKeys: [],
  encryptionKeys: [publicKey],
  assertionConsumerServices: [{ binding: 'HTTP-POST', location: 'https://sp.invalid/acs', index: 0 }],
  singleLogoutServices: [],
  nameIdFormats: [],
  authnRequestsSigned: false,
};

function partner(what?: readonly EncryptedPart[]) {
  const encrypt = { cipher: 'aes256-gcm', transport: 'rsa-oaep-sha256', ...(what && { what }) } as const;
  return createPartner(metadata, { sign: 'assertion', roleAttribute: 'Role', encrypt });
}

const random = createFakeRandom();

describe('what is encrypted', () => {
  it.each<readonly [readonly EncryptedPart[] | undefined, readonly string[]]>([
    [undefined, ['encrypt']],
    [['assertion'], ['encrypt']],
    [['name-id'], ['encryptNameId']],
    [['attributes'], ['encryptAttributes']],
    [
      ['name-id', 'attributes'],
      ['encryptNameId', 'encryptAttributes'],
    ],
  ])('%j', (what, expected) => {
    expect(Object.keys(encryptionFor(partner(what), random))).toEqual(expected);
  });

  it('is nothing for a partner without the setting', () => {
    const plain = createPartner(metadata, { sign: 'assertion', roleAttribute: 'Role' });
    expect(encryptionFor(plain, random)).toEqual({});
    expect(nameEncryptionFor(plain, random)).toBeUndefined();
  });

  it('is the name in a LogoutRequest unless only attributes are', () => {
    expect(nameEncryptionFor(partner(['assertion']), random)).toBeTypeOf('function');
    expect(nameEncryptionFor(partner(['name-id']), random)).toBeTypeOf('function');
    expect(nameEncryptionFor(partner(['attributes']), random)).toBeUndefined();
  });
});
