/** @module Mapping module SubjectCNMapper: the common name in a proved certificate becomes the name (jboss-facts §4.5). */
import { z } from 'zod';
import { defineCredentialMapper } from '../../spi/mapping.ts';
import { certificateName } from '../../wire/x509/certificate-names.ts';

export const subjectCnMapper = defineCredentialMapper({
  code: 'SubjectCNMapper',
  summary: "The last CN of the client certificate's subject becomes the name.",
  options: z.strictObject({}),
  create() {
    return {
      async map(certificate) {
        const name = certificateName(certificate, 'SubjectCN');
        return name === undefined ? undefined : { name, type: 'user' };
      },
    };
  },
});
