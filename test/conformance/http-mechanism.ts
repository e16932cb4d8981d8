/** @module What every HTTP mechanism does: it reads evidence, believes nothing malformed, and never throws. */

import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Evidence } from '../../src/spi/evidence.ts';
import type { HttpMechanismFactory, MechanismRequest } from '../../src/spi/http-mechanism.ts';
import { mechanismServices } from '../support/mechanism-services.ts';
import { password, revealed, secretTexts } from '../support/plugin-evidence.ts';

export interface HttpMechanismHarness {
  readonly factory: HttpMechanismFactory;
  /** Raw options; none where they are left out. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** For a mechanism that reads passwords: a request that shows this name and password. */
  request?(username: string, password: string): MechanismRequest;
  /** For any other, at least one: a request and what it shows. */
  readonly accepted?: readonly {
    readonly what: string;
    readonly request: MechanismRequest;
    readonly evidence: Evidence;
  }[];
  /** For a mechanism whose evidence is verified elsewhere, and never read out of a request. */
  readonly readsNothing?: true;
  /** Requests in which something is there and is not well formed: `[what is wrong, the request]`. */
  readonly malformed: readonly (readonly [string, MechanismRequest])[];
}

/** Names and passwords that are easily misread. */
function passwordsOf(request: NonNullable<HttpMechanismHarness['request']>) {
  const pairs = [
    ['alice', 'secret'],
    ['řehoř', 'päss:wörd'],
    ['a b', ' '],
  ] as const;
  return pairs.map(([name, text]) => ({
    what: `${name} with the password ${JSON.stringify(text)}`,
    request: request(name, text),
    evidence: password(name, text),
  }));
}

/** Nothing in it for any mechanism. */
export function plainRequest(changes: Partial<MechanismRequest> = {}): MechanismRequest {
  return { method: 'GET', path: '/', headers: {}, confidential: true, sourceAddress: '192.0.2.1', ...changes };
}

export function httpMechanismConformance(harness: HttpMechanismHarness): void {
  const { factory, accepted = [] } = harness;
  const create = () => factory.create(harness.options ?? {}, mechanismServices());
  const shown = [...(harness.request === undefined ? [] : passwordsOf(harness.request)), ...accepted];

  describe(`${factory.name} as an HttpMechanism`, async () => {
    const mechanism = await create();
    const evaluate = (request: MechanismRequest) =>
      mechanism.evaluate(request, { signal: new AbortController().signal });
    afterAll(() => mechanism.close?.());

    it('is called as in the catalogue', () => {
      expect(mechanism.name).toBe(factory.name);
    });

    it('does not attempt a request that has nothing for it', async () => {
      expect(await evaluate(plainRequest())).toEqual({ status: 'not-attempted' });
    });

    if (harness.readsNothing !== true) {
      it('has shown the suite what it reads', () => {
        expect(shown).not.toEqual([]);
      });
    }

    for (const { what, request, evidence } of shown) {
      it(`reads ${what}`, async () => {
        const result = await evaluate(request);
        if (result.status !== 'evidence') throw new Error(result.status);
        expect(revealed(result.evidence)).toEqual(revealed(evidence));
      });

      it(`keeps the secrets of ${what} out of what is printed`, async () => {
        const printed = inspect(await evaluate(request), { depth: null });
        expect(secretTexts(evidence).filter((secret) => printed.includes(`'${secret}'`))).toEqual([]);
      });
    }

    for (const [what, request] of harness.malformed) {
      it(`calls a request malformed with ${what}`, async () => {
        expect((await evaluate(request)).status).toBe('malformed');
      });
    }

    it('never throws, whatever the request', async () => {
      const text = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc
          .tuple(fc.constantFrom('Basic', 'Digest', 'Negotiate', 'Bearer'), fc.base64String())
          .map(([scheme, base64]) => `${scheme} ${base64}`),
      );
      const field = fc.constantFrom('j_username', 'j_password', 'authorization', 'SAMLResponse', 'SAMLart', 'x');
      const request = fc.record({
        method: fc.constantFrom('GET', 'POST'),
        path: fc.webPath(),
        headers: fc.dictionary(field, text),
        form: fc.dictionary(field, text),
        repeatedFields: fc.array(field),
        confidential: fc.boolean(),
        sourceAddress: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
      });
      await fc.assert(
        fc.asyncProperty(request, async (arbitrary) => {
          const outcomes = harness.readsNothing ? ['not-attempted'] : ['not-attempted', 'evidence', 'malformed'];
          expect(outcomes).toContain((await evaluate(arbitrary)).status);
          expect(['header', 'form', 'probe', 'elsewhere', undefined]).toContain(mechanism.challenge(arbitrary)?.kind);
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
