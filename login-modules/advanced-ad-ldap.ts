/** @module Login module AdvancedAdLdap: AdvancedLdap with Active Directory's primary group (jboss-facts §2.4). */
import { defineLoginModule } from '../src/spi/login-module.ts';
import { advancedLdapModule, advancedLdapOptions } from '../src/wire/ldap/advanced.ts';

export const advancedAdLdap = defineLoginModule({
  code: 'AdvancedAdLdap',
  summary:
    'Users and nested groups of an Active Directory, with the primary group, also for a name that Kerberos has proved.',
  options: advancedLdapOptions,
  create: (settings, services) => advancedLdapModule(settings, services, true),
});
