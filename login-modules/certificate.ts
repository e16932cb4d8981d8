/** @module Login module Certificate: a client certificate that a truststore believes (jboss-facts §2.5). */
import { z } from 'zod';
import { certificateModule, certificateModuleOptions, truststoreOf } from '../src/spi/certificate-module.ts';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { certificateName } from '../src/wire/x509/certificate-names.ts';

const options = z.strictObject(certificateModuleOptions);

export const certificate = defineLoginModule({
  code: 'Certificate',
  summary: 'Client certificates that a truststore believes, without roles.',
  options,
  create: (settings, services) =>
    certificateModule({
      options: settings,
      truststore: truststoreOf(settings, services),
      nameOf: certificateName,
      contribute: async () => ({ roles: [] }),
    }),
});
