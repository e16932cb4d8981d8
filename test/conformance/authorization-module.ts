/** @module What every authorization module does, whatever it asks. A custom module runs it with a harness of its own. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type {
  AuthorizationDecision,
  AuthorizationModule,
  AuthorizationModuleFactory,
  AuthorizationRequest,
  AuthorizationServices,
} from '../../src/spi/authorization.ts';

export interface AuthorizationModuleHarness {
  readonly factory: AuthorizationModuleFactory;
  readonly options: Readonly<Record<string, unknown>>;
  services(): AuthorizationServices;
  /** Requests and what it says to them. */
  readonly cases: readonly (readonly [what: string, AuthorizationRequest, AuthorizationDecision['decision']])[];
}

export function authorizationModuleConformance({
  factory,
  options,
  services,
  cases,
}: AuthorizationModuleHarness): void {
  describe(`${factory.code} as an AuthorizationModule`, () => {
    let module: AuthorizationModule;
    beforeEach(async () => {
      module = await factory.create(options, services());
    });
    afterEach(() => module.close?.());
    const ask = (request: AuthorizationRequest) => module.authorize(request, { signal: new AbortController().signal });

    it.each(cases)('%s', async (_, request, decision) => {
      const answer = await ask(request);
      expect(answer.decision).toBe(decision);
      expect(answer.reason).not.toBe('');
    });

    it.each(cases)('says the same when it is asked again: %s', async (_, request) => {
      expect(await ask(request)).toEqual(await ask(request));
    });

    it('refuses an option that it does not have', () => {
      expect(factory.options.safeParse({ ...options, 'no-such-option': 'x' }).success).toBe(false);
    });

    it('describes each of its options', () => {
      const schema = z.toJSONSchema(factory.options, { io: 'input' });
      const undescribed = Object.entries(schema.properties ?? {}).filter(
        ([, option]) => typeof option === 'boolean' || option.description === undefined,
      );
      expect(undescribed.map(([name]) => name)).toEqual([]);
    });

    it('can be closed twice', async () => {
      await module.close?.();
      await expect(Promise.resolve(module.close?.())).resolves.toBeUndefined();
    });
  });
}
