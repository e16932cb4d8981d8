/** @module Mapping module SubjectDNMapper: the distinguished name of a proved certificate becomes the name (jboss-facts §4.5). */
import { z } from 'zod';
import { defineCredentialMapper } from '../../spi/mapping.ts';
import { certificateName } from '../../wire/x509/certificate-names.ts';

export const subjectDnMapper = defineCredentialMapper({
  code: 'SubjectDNMapper',
  summary: 'The subject of the client certificate, as Java writes it, becomes the name.',
  options: z.strictObject({}),
  create() {
    return {
      async map(certificate) {
        const name = certificateName(certificate, 'SubjectDN');
        return name === undefined ? undefined : { name, type: 'x500' };
      },
    };
  },
});
