import { expect, it } from 'vitest';
import { simplePrincipalMappingProvider } from '../../../src/plugins/mappers/simple-principal-mapping-provider.ts';
import { mapperConformance } from '../../conformance/mapper.ts';
import { applyOne, contextOf, mappingServices, subjectNamed } from '../../support/mapping.ts';

const options = { principalsMap: 'eric=Eric Example;CN=amar=Amar' };

mapperConformance({
  factory: simplePrincipalMappingProvider,
  options,
  services: () => mappingServices(),
  mapped: { subject: subjectNamed('eric', ['all']), to: { callerPrincipal: { name: 'Eric Example', type: 'user' } } },
});

it('SimplePrincipalMappingProvider leaves a distinguished name as it is', async () => {
  const mapper = await simplePrincipalMappingProvider.create('principal', { principalsMap: 'CN=x' }, mappingServices());
  const subject = subjectNamed('CN', [], 'x500');
  expect(await applyOne(mapper, subject, contextOf())).toEqual(subject);
});
