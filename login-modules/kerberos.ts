/** @module Login module Kerberos: the keys of a service, for the SPNEGO modules of other domains (jboss-facts §12.3). */
import { z } from 'zod';
import { type KerberosAcceptorOptions, kerberosImplementations } from '../src/spi/kerberos-acceptor.ts';
import { defineLoginModule } from '../src/spi/login-module.ts';
import { optionFlag, optionText } from '../src/spi/option-values.ts';
import { stopIfAborted } from '../src/spi/username-password-module.ts';

/** More keytabs, or realms, than any service is in. */
const maxListed = 64;
const maxSkewSeconds = 3600;

/** An option of Java's Krb5LoginModule that has one sensible value for a service. */
const only = (value: boolean, why: string) =>
  optionFlag.refine((written) => written === value, `${!value} is not possible: ${why}`).default(value);
const noEffect = (meaning: string) => optionFlag.optional().describe(`${meaning} Without effect here.`);

const options = z
  .strictObject({
    principal: optionText
      .pipe(z.string().max(1024))
      .optional()
      .describe(
        'The service, such as `HTTP/sso.example.com@EXAMPLE.COM`: tickets for another one are refused. Without it, or with `*`, every key of the keytabs is good.',
      ),
    keyTab: optionText
      .optional()
      .describe('The keytab, relative to the configuration folder. It is read again when it changes.'),
    keytabs: z
      .array(optionText)
      .min(1)
      .max(maxListed)
      .optional()
      .describe('Several keytabs, in place of `keyTab`, or beside it.'),
    'trusted-realms': z
      .array(optionText)
      .max(maxListed)
      .default([])
      .describe('Realms whose people are accepted beside those of the own realm, by a trust between the realms.'),
    'clock-skew-seconds': z.coerce
      .number()
      .int()
      .min(0)
      .max(maxSkewSeconds)
      .default(300)
      .describe('How far the clock of a client may be off, in seconds.'),
    implementation: z
      .enum(kerberosImplementations)
      .default('own')
      .describe('`own`: no library is needed. `native`: the package `kerberos`, which asks the GSS-API of the system.'),
    storeKey: only(true, 'a service needs its keys').describe('Keep the keys. Only `true`.'),
    useKeyTab: only(true, 'a service has its keys in a keytab').describe('Take the keys from the keytab. Only `true`.'),
    doNotPrompt: only(true, 'there is nobody to ask').describe('Ask nobody for a password. Only `true`.'),
    useTicketCache: only(false, 'a service has keys and no tickets').describe(
      'Take tickets from a cache. Only `false`.',
    ),
    isInitiator: optionFlag.optional().describe('Whether the service gets tickets itself. It never does here.'),
    ticketCache: optionText.optional().describe('A cache of tickets. Without effect here.'),
    renewTGT: noEffect('Renew its own ticket.'),
    refreshKrb5Config: noEffect('Read krb5.conf again before each login: our own acceptor reads none.'),
    debug: noEffect('Print what is done: every login has a trace.'),
    tryFirstPass: noEffect('Try the password of an earlier module.'),
    useFirstPass: noEffect('Use the password of an earlier module.'),
    storePass: noEffect('Keep name and password for later modules.'),
    clearPass: noEffect('Forget name and password afterwards.'),
    delegationCredential: z
      .enum(['IGNORE', 'REQUIRE', 'USE'])
      .refine((value) => value === 'IGNORE', 'only IGNORE: tickets that a client hands on are not taken')
      .default('IGNORE')
      .describe('What is done with a ticket that a client hands on. Only `IGNORE`.'),
    addGSSCredential: only(false, 'nothing here speaks for the person').describe(
      'Hand on the credential of the person. Only `false`.',
    ),
    wrapGSSCredential: noEffect('Keep that credential from being disposed of.'),
    credentialLifetime: z.coerce
      .number()
      .int()
      .optional()
      .describe('How long that credential lives. Without effect here.'),
  })
  .refine(({ keyTab, keytabs }) => keyTab !== undefined || keytabs !== undefined, {
    error: 'is missing: the keytab of the service',
    path: ['keyTab'],
  });

function acceptorOptionsOf(settings: z.output<typeof options>): KerberosAcceptorOptions {
  const { principal, keyTab, keytabs = [] } = settings;
  return {
    implementation: settings.implementation,
    keytabs: [...new Set([...(keyTab === undefined ? [] : [keyTab]), ...keytabs])].map(withoutScheme),
    ...(principal === undefined || principal === '*' ? {} : { principal }),
    trustedRealms: settings['trusted-realms'],
    clockSkewMs: settings['clock-skew-seconds'] * 1000,
  };
}

/** Java takes `file:/etc/krb5.keytab`, MIT `FILE:/etc/krb5.keytab`. */
function withoutScheme(path: string): string {
  return path.replace(/^file:(?:\/\/(?=\/))?/i, '');
}

export const kerberos = defineLoginModule({
  code: 'Kerberos',
  summary: 'The keytab of this service, for the SPNEGO modules of other domains. Lets nobody in by itself.',
  options,
  async create(settings, services) {
    const acceptor = await services.kerberosAcceptor(acceptorOptionsOf(settings));
    let closing: Promise<void> | undefined;
    return {
      kerberos: acceptor,
      // Asked about a person it knows none: a host domain is there to be named by serverSecurityDomain.
      async login({ evidence, signal }) {
        stopIfAborted(signal);
        return {
          status: 'failed',
          reason: 'unsupported-evidence',
          note: `${evidence.kind}: holds keys of a service only`,
        };
      },
      close() {
        closing ??= Promise.resolve(acceptor.close?.());
        return closing;
      },
    };
  },
});
