/** @module Login module AdvancedLdap: search, bind and nested roles, made to follow Kerberos (jboss-facts §2.4). */
import { defineLoginModule } from '../src/spi/login-module.ts';
import { advancedLdapModule, advancedLdapOptions } from '../src/wire/ldap/advanced.ts';

export const advancedLdap = defineLoginModule({
  code: 'AdvancedLdap',
  summary: 'Users and nested groups of an LDAP directory, also for a name that Kerberos has proved.',
  options: advancedLdapOptions,
  create: (settings, services) => advancedLdapModule(settings, services, false),
});
