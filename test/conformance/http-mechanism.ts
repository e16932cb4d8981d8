/** @module What every HTTP mechanism does: it reads evidence, believes nothing malformed, and never throws. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HttpMechanism, HttpMechanismFactory, MechanismRequest } from '../../src/spi/http-mechanism.ts';

export interface HttpMechanismHarness {
  readonly factory: HttpMechanismFactory;
  /** A request that shows this name and password; absent where the mechanism reads something else. */
  readonly request?: (username: string, password: string) => MechanismRequest;
  /** Requests in which something is there and is not well formed: `[what is wrong, the request]`. */
  readonly malformed: readonly (readonly [string, MechanismRequest])[];
}

/** Nothing in it for any mechanism. */
export function plainRequest(changes: Partial<MechanismRequest> = {}): MechanismRequest {
  return { method: 'GET', path: '/', headers: {}, confidential: true, sourceAddress: '192.0.2.1', ...changes };
}

export function httpMechanismConformance(harness: HttpMechanismHarness): void {
  const { factory } = harness;
  const mechanism = factory.create({});

  describe(`${factory.name} as an HttpMechanism`, () => {
    it('is called as in the catalogue', () => {
      expect(mechanism.name).toBe(factory.name);
    });

    it('does not attempt a request that has nothing for it', () => {
      expect(mechanism.evaluate(plainRequest())).toEqual({ status: 'not-attempted' });
    });

    if (harness.request !== undefined) readsPasswords(mechanism, harness.request);

    for (const [what, request] of harness.malformed) {
      it(`calls a request malformed with ${what}`, () => {
        expect(mechanism.evaluate(request).status).toBe('malformed');
      });
    }

    it('never throws, whatever the request', () => {
      const text = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.base64String().map((base64) => `Basic ${base64}`),
      );
      const field = fc.constantFrom('j_username', 'j_password', 'authorization', 'x');
      const request = fc.record({
        method: fc.constantFrom('GET', 'POST'),
        path: fc.webPath(),
        headers: fc.dictionary(field, text),
        form: fc.dictionary(field, text),
        repeatedFields: fc.array(field),
        certificateChain: fc.array(fc.uint8Array()),
        confidential: fc.boolean(),
        sourceAddress: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
      });
      fc.assert(
        fc.property(request, (arbitrary) => {
          expect(['not-attempted', 'evidence', 'malformed']).toContain(mechanism.evaluate(arbitrary).status);
          expect(['header', 'form', undefined]).toContain(mechanism.challenge(arbitrary)?.kind);
        }),
        { numRuns: 200 },
      );
    });

    it('refuses an option that it does not have', () => {
      expect(factory.options.safeParse({ 'no-such-option': 'x' }).success).toBe(false);
    });

    it('describes each of its options', () => {
      const schema = z.toJSONSchema(factory.options, { io: 'input' });
      for (const option of Object.values(schema.properties ?? {})) expect(option).toHaveProperty('description');
    });
  });
}

function readsPasswords(mechanism: HttpMechanism, request: NonNullable<HttpMechanismHarness['request']>): void {
  for (const [name, password] of [
    ['alice', 'secret'],
    ['řehoř', 'päss:wörd'],
    ['a b', ' '],
  ] as const) {
    it(`reads ${name} with the password ${JSON.stringify(password)}`, () => {
      const result = mechanism.evaluate(request(name, password));
      if (result.status !== 'evidence' || result.evidence.kind !== 'password') throw new Error(result.status);
      expect([result.evidence.username, result.evidence.password.reveal()]).toEqual([name, password]);
    });
  }

  it('keeps the password out of what is printed', () => {
    expect(JSON.stringify(mechanism.evaluate(request('alice', 'secret')))).not.toContain('"secret"');
  });
}
