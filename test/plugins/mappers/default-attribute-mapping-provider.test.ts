import { expect, it } from 'vitest';
import { defaultAttributeMappingProvider } from '../../../src/plugins/mappers/default-attribute-mapping-provider.ts';
import { mapperConformance } from '../../conformance/mapper.ts';
import { mappingServices, subjectNamed } from '../../support/mapping.ts';

mapperConformance({
  factory: defaultAttributeMappingProvider,
  options: { 'eric.email': 'eric@example.com' },
  services: () => mappingServices(),
  mapped: { subject: subjectNamed('eric'), to: { attributes: { email: ['eric@example.com'] } } },
});

it.each(['eric', '.email', 'eric.mail'])('DefaultAttributeMappingProvider refuses the option %s', (name) => {
  expect(defaultAttributeMappingProvider.options.safeParse({ [name]: 'x' }).success).toBe(false);
});
