/** @module Login module CertificateRoles: a client certificate that a truststore believes, roles in a property file (jboss-facts §2.5). */
import { z } from 'zod';
import { certificateModule, certificateModuleOptions, truststoreOf } from '../src/spi/certificate-module.ts';
import { openFileStore } from '../src/spi/file-store.ts';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionText } from '../src/spi/option-values.ts';
import { parseProperties } from '../src/wire/properties-file.ts';
import { rolesOf } from '../src/wire/roles-file.ts';
import { certificateName } from '../src/wire/x509/certificate-names.ts';

const options = z.strictObject({
  rolesProperties: optionText
    .default('roles.properties')
    .describe('File of roles, a line each: the name with `\\` before each `=`, `:` and blank, then `=role1,role2`.'),
  defaultRolesProperties: optionText
    .default('defaultRoles.properties')
    .describe('Used when there is no file `rolesProperties`; not merged with it.'),
  roleGroupSeperator: optionText
    .default('.')
    .describe(
      'What stands between name and group in the roles file. Only its first character counts. (Spelt as in JBoss.)',
    ),
  ...certificateModuleOptions,
});

export const certificateRoles = defineLoginModule({
  code: 'CertificateRoles',
  summary: 'Client certificates that a truststore believes, with roles in a property file.',
  options,
  async create(settings, services) {
    const files = [settings.rolesProperties, settings.defaultRolesProperties];
    const roles = await openFileStore(services, files, parseProperties);
    const separator = settings.roleGroupSeperator.slice(0, 1);
    return certificateModule({
      options: settings,
      truststore: truststoreOf(settings, services),
      nameOf: certificateName,
      async contribute(name) {
        const { roles: granted, groups, callerPrincipal } = rolesOf(await roles.read(), name, separator);
        return {
          roles: granted,
          groups,
          ...(callerPrincipal === undefined ? {} : { callerPrincipal: { name: callerPrincipal, type: 'user' } }),
        };
      },
    });
  },
});
