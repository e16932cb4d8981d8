/** @module The hostile corpus before the validator: each message is refused with its code, or read as its signer meant it. */
import { createPrivateKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { loadSamlSchemas } from '../../../src/adapters/saml-schemas.ts';
import { defaultClockSkewMs, defaultMaxAuthnAgeMs } from '../../../src/protocols/saml-sp/accepted-response.ts';
import { createResponseValidator } from '../../../src/protocols/saml-sp/response-validator.ts';
import { GatehouseError } from '../../../src/spi/errors.ts';
import { decodePost } from '../../../src/wire/saml/bindings.ts';
import { FAKE_START } from '../../support/fake-clock.ts';
import { corpus } from '../../support/saml-corpus/corpus.ts';
import type { HostileCase } from '../../support/saml-corpus/hostile-case.ts';
import { createWorkshop } from '../../support/saml-corpus/workshop.ts';
import { acsUrl, idpEntityId, spEntityId } from '../../support/saml-input.ts';

const workshop = createWorkshop(FAKE_START);
const schemas = await loadSamlSchemas('schemas');
const decryption = { keys: [createPrivateKey(workshop.sp.privateKeyPem)], ciphers: ['aes256-gcm'] as const };

async function outcomeOf({ make, expected = {} }: HostileCase): Promise<HostileCase['outcome']> {
  const message = await make(workshop);
  const posted = Buffer.from(message).toString('base64');
  const validate = createResponseValidator({
    clock: { now: () => FAKE_START + (expected.laterMs ?? 0), timer: () => 0 },
    validateSchema: async (xml) => schemas.validate('protocol', xml),
    trustIn(issuer) {
      if (issuer === idpEntityId) return { keys: [workshop.idp.publicKey], decryption };
      throw new GatehouseError('ERR_SAML_UNKNOWN_PARTNER', 'nobody');
    },
  });
  try {
    const accepted = await validate(
      { binding: 'HTTP-POST', xml: decodePost(posted) },
      {
        entityId: expected.entityId ?? spEntityId,
        acsUrl: expected.acsUrl ?? acsUrl,
        request: 'request' in expected ? expected.request : '_request-1',
        allowUnsolicited: true,
        clockSkewMs: defaultClockSkewMs,
        maxAuthnAgeMs: defaultMaxAuthnAgeMs,
      },
    );
    return { subject: accepted.nameId?.value ?? '' };
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    return error.code;
  }
}

describe.each(Object.entries(corpus))('%s', (_subject, cases) => {
  test.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    expect(await outcomeOf(one)).toEqual(one.outcome);
  });
});
