/** @module Mapping module DefaultAttributeMappingProvider: e-mail addresses out of the options (jboss-facts §4.5). */
import { z } from 'zod';
import { defineAttributeMapper } from '../../spi/mapping.ts';
import { optionText } from '../../spi/option-values.ts';

const ending = '.email';

const options = z
  .record(z.string(), optionText.describe('The e-mail address of the user before `.email`.'))
  .superRefine((value, issues) => {
    for (const key of Object.keys(value)) {
      if (key.endsWith(ending) && key.length > ending.length) continue;
      issues.addIssue({ code: 'custom', path: [key], message: 'must be the name of a user followed by .email' });
    }
  });

export const defaultAttributeMappingProvider = defineAttributeMapper({
  code: 'DefaultAttributeMappingProvider',
  summary: 'Gives users the attribute `email`: each option is a user followed by `.email`, and the address.',
  options,
  create(settings) {
    const addresses = new Map(Object.entries(settings));
    return {
      async map(attributes, { callerPrincipal }) {
        const address = addresses.get(`${callerPrincipal.name}${ending}`);
        return address === undefined ? attributes : { ...attributes, email: [address] };
      },
    };
  },
});
