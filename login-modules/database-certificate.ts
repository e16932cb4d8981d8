/** @module Login module DatabaseCertificate: a client certificate, with roles in an SQL database (jboss-facts §2.3). */
import { z } from 'zod';
import { certificateModule, certificateModuleOptions, truststoreOf } from '../src/spi/certificate-module.ts';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { databaseOptions, datasourceOf, readRoles, sqlOption } from '../src/wire/database-roles.ts';
import { certificateName } from '../src/wire/x509/certificate-names.ts';

const options = z.strictObject({
  ...certificateModuleOptions,
  ...databaseOptions,
  rolesQuery: sqlOption(1)
    .default('select Role, RoleGroup from Roles where PrincipalID=?')
    .describe('Asks for roles, first column, and their groups, second column, of the name that the certificate gives.'),
});

export const databaseCertificate = defineLoginModule({
  code: 'DatabaseCertificate',
  summary: 'Client certificates checked against a truststore, with roles in an SQL database.',
  options,
  create(settings, services) {
    const datasource = datasourceOf(settings, services);
    const mayHaveNone = settings.unauthenticatedIdentity !== undefined;
    return certificateModule({
      options: settings,
      truststore: truststoreOf(settings, services),
      nameOf: certificateName,
      contribute: (name, { signal }) =>
        readRoles({ datasource, query: settings.rolesQuery, name, mayHaveNone }, signal),
    });
  },
});
