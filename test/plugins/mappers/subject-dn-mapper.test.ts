import { subjectDnMapper } from '../../../src/plugins/mappers/subject-dn-mapper.ts';
import { mapperConformance } from '../../conformance/mapper.ts';
import { mappingServices, subjectNamed } from '../../support/mapping.ts';
import { commonName, createTestAuthority } from '../../support/signed-certificate.ts';

const certificate = createTestAuthority().issue({
  subject: [
    ['2.5.4.10', 'Example'],
    [commonName, 'amy'],
  ],
});

mapperConformance({
  factory: subjectDnMapper,
  options: {},
  services: () => mappingServices(),
  mapped: {
    subject: subjectNamed('1 CN=test authority', ['all']),
    context: { certificate },
    to: { callerPrincipal: { name: 'CN=amy, O=Example', type: 'x500' } },
  },
});
