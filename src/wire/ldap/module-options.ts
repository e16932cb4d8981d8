/** @module The options by which the LDAP login modules reach their directory: JNDI's names, and a few of our own (jboss-facts §2.4). */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { Directory, DirectoryAccount, SearchScope } from '../../spi/directory.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { ModuleServices } from '../../spi/module-services.ts';
import { optionFlag, optionText } from '../../spi/option-values.ts';
import { filterTemplateProblem } from './filter.ts';

/** More replicas than this nobody names one by one. */
const maxUrls = 16;
/** Longer than a login may take. */
const maxWaitMs = 60_000;
const maxPoolSize = 100;
const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Separated by spaces, as in JNDI. */
const ldapUrls = optionText.transform((text, issues) => {
  const urls = text.trim().split(/\s+/);
  const problem = urls.length > maxUrls ? `must be at most ${maxUrls} URLs` : urls.map(urlProblem).find(Boolean);
  if (problem !== undefined) issues.addIssue({ code: 'custom', message: problem });
  return urls;
});

function urlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'ldap:' && url.protocol !== 'ldaps:') || url.hostname === '') {
    return 'must be ldap:// or ldaps:// URLs, separated by spaces';
  }
  const bare = (url.pathname === '' || url.pathname === '/') && url.search === '' && url.hash === '';
  return bare && url.username === ''
    ? undefined
    : 'must be URLs of a host and perhaps a port: a DN belongs into its own option';
}

const wait = () => z.coerce.number().int().min(10).max(maxWaitMs);

/** Text of a filter in which `{0}` to `{places - 1}` are replaced. */
export const filterTemplate = (places: number) =>
  optionText.superRefine((text, issues) => {
    const message = filterTemplateProblem(text, places);
    if (message !== undefined) issues.addIssue({ code: 'custom', message });
  });

/** JBoss would also run commands and classes for it (jboss-facts §4.6): nothing here runs what a configuration says. */
export const storedCredential = optionText.refine((text) => !/^\{(?:EXTC?|CMDC?|CLASS)[:@}]/i.test(text), {
  message: 'must be the credential itself, or a reference to a variable or a file: commands and classes are not run',
});

/** An option whose `true` would be an anonymous bind for everybody who leaves the password out. */
export const onlyFalse = optionFlag.refine(
  (value) => !value,
  'only false: an empty password is never sent to a directory',
);

const scopes: Readonly<Record<string, SearchScope>> = {
  SUBTREE_SCOPE: 'sub',
  ONELEVEL_SCOPE: 'one',
  OBJECT_SCOPE: 'base',
};

export const searchScope = z
  .enum(['SUBTREE_SCOPE', 'ONELEVEL_SCOPE', 'OBJECT_SCOPE'])
  .transform((name): SearchScope => scopes[name] ?? 'sub')
  .prefault('SUBTREE_SCOPE')
  .describe('How far below `rolesCtxDN` roles are searched.');

/** Spread into a module's strict zod object. */
export const directoryOptions = {
  'java.naming.factory.initial': z
    .literal('com.sun.jndi.ldap.LdapCtxFactory')
    .optional()
    .describe('Only the LDAP factory of JNDI itself, and it changes nothing.'),
  'java.naming.provider.url': ldapUrls
    .optional()
    .meta({ absent: '`ldap://localhost:389`' })
    .describe('The servers, `ldap://` or `ldaps://`, separated by spaces: the next is asked when one cannot be.'),
  'java.naming.security.authentication': z
    .literal('simple')
    .optional()
    .meta({ absent: '`simple`' })
    .describe('How the server binds. Nothing else is done.'),
  'java.naming.security.protocol': z.literal('ssl').optional().describe('`ssl`: the URLs are meant as `ldaps://`.'),
  'java.naming.referral': z
    .enum(['follow', 'ignore', 'throw'])
    .default('ignore')
    .describe(
      'What is done where a part of an answer is on another server. `throw` is as `follow` in the modules that search users: JBoss catches the referral and goes there itself.',
    ),
  'com.sun.jndi.ldap.connect.timeout': wait()
    .optional()
    .meta({ absent: '`1500`' })
    .describe('How long TCP, TLS and the first bind may take together, in milliseconds.'),
  'com.sun.jndi.ldap.read.timeout': wait()
    .optional()
    .meta({ absent: '`3000`' })
    .describe('How long one answer may take, in milliseconds.'),
  searchTimeLimit: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_600_000)
    .default(10_000)
    .describe('What the server is told a search may take, in milliseconds.'),
  'referral-hosts': ldapUrls
    .optional()
    .describe(
      'URLs of further servers to which a referral may lead, separated by spaces. Nobody is followed anywhere else.',
    ),
  'start-tls': optionFlag.default(false).describe('Begin TLS inside connections to `ldap://` URLs.'),
  'tls-ca': optionText
    .optional()
    .meta({ absent: 'what Node trusts' })
    .describe('PEM file of the authorities that servers are checked against. It is read again when it changes.'),
  'pool-size': z.coerce
    .number()
    .int()
    .min(1)
    .max(maxPoolSize)
    .optional()
    .meta({ absent: '`8`' })
    .describe('Connections that search, and as many that bind.'),
} as const;

const schema = z.strictObject(directoryOptions);
export type DirectorySettings = Readonly<z.output<typeof schema>>;

/** For the `superRefine` of a module's options. */
export function checkDirectoryOptions(settings: DirectorySettings, issues: z.core.$RefinementCtx<unknown>): void {
  const secure = urlsOf(settings).some((url) => url.startsWith('ldaps:'));
  if (settings['start-tls'] && secure) {
    issues.addIssue({ code: 'custom', path: ['start-tls'], message: 'has no meaning with ldaps:// URLs' });
  }
}

function urlsOf(settings: DirectorySettings): readonly string[] {
  const ssl = settings['java.naming.security.protocol'] === 'ssl';
  const urls = settings['java.naming.provider.url'] ?? ['ldap://localhost'];
  return ssl ? urls.map((url) => url.replace(/^ldap:/i, 'ldaps:')) : urls;
}

/** What `openDirectory` asks of the house. */
export type DirectoryServices = Pick<ModuleServices, 'domain' | 'logger' | 'directory' | 'watchFile'>;

/**
 * @param referrals what the module does with referrals where that is not what the option says
 * @throws ERR_CONFIG_INVALID when the file of authorities is not there or holds none
 */
export async function openDirectory(
  settings: DirectorySettings,
  service: DirectoryAccount | undefined,
  services: DirectoryServices,
  referrals = settings['java.naming.referral'],
): Promise<Directory> {
  const urls = urlsOf(settings);
  const startTls = settings['start-tls'];
  const exposed = urls.find((url) => !startTls && url.startsWith('ldap:') && !isLoopback(new URL(url).hostname));
  if (exposed !== undefined) {
    services.logger.warn(
      { domain: services.domain, url: exposed },
      'passwords go to this directory unencrypted: use ldaps:// or start-tls',
    );
  }
  const authorities = await openAuthorities(settings['tls-ca'], services);
  const connectTimeoutMs = settings['com.sun.jndi.ldap.connect.timeout'];
  const answerTimeoutMs = settings['com.sun.jndi.ldap.read.timeout'];
  const poolSize = settings['pool-size'];
  return services.directory({
    urls,
    startTls,
    referrals,
    timeLimitMs: settings.searchTimeLimit,
    referralUrls: settings['referral-hosts'] ?? [],
    ...(authorities === undefined ? {} : { authorities }),
    ...(service === undefined ? {} : { service }),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    ...(answerTimeoutMs === undefined ? {} : { answerTimeoutMs }),
    ...(poolSize === undefined ? {} : { poolSize }),
  });
}

async function openAuthorities(path: string | undefined, services: DirectoryServices) {
  if (path === undefined) return undefined;
  const watched = await services.watchFile(path, (text) => {
    const blocks = text.match(certificateBlock) ?? [];
    if (blocks.length === 0 || !blocks.every(isCertificate)) {
      throw new GatehouseError('ERR_CONFIG_INVALID', 'the file holds no certificates in PEM', { facts: { path } });
    }
    return blocks.join('\n');
  });
  if (watched === undefined) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'there is no such file of authorities', { facts: { path } });
  }
  return watched;
}

/** OpenSSL says in a code that input is bad; everything else is a bug. */
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^ERR_(?:OSSL|CRYPTO)/.test(String(error.code))) return false;
    throw error;
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
