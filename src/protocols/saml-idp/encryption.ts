/** @module What is encrypted for a partner, as the writers of messages ask for it. */
import type { Random } from '../../spi/clock.ts';
import type { EncryptFor } from '../../wire/saml/assertion-writer.ts';
import { encryptElement } from '../../wire/xml/encrypt.ts';
import type { Partner } from './partner.ts';

export interface Encryption {
  readonly encrypt?: EncryptFor;
  readonly encryptNameId?: EncryptFor;
  readonly encryptAttributes?: EncryptFor;
}

/** Each call of one of the functions makes a new key. */
export function encryptionFor({ recipient, encryptedParts }: Partner, random: Random): Encryption {
  if (recipient === undefined) return {};
  const encrypt: EncryptFor = (xml) => encryptElement(xml, recipient, (length) => random.bytes(length));
  return {
    ...(encryptedParts.includes('assertion') ? { encrypt } : {}),
    ...(encryptedParts.includes('name-id') ? { encryptNameId: encrypt } : {}),
    ...(encryptedParts.includes('attributes') ? { encryptAttributes: encrypt } : {}),
  };
}

/** The name alone, as a LogoutRequest has it: what is not in the clear in an assertion is not in the clear in an address either. */
export function nameEncryptionFor(partner: Partner, random: Random): EncryptFor | undefined {
  const { encrypt, encryptNameId } = encryptionFor(partner, random);
  return encrypt ?? encryptNameId;
}
