/** @module The datasources of JBoss: those of databases that Gatehouse knows, with their password set apart. */
import { decodeSecureIdentity } from '../wire/password/secure-identity.ts';
import { freeName, type ImportContext, safeName } from './context.ts';
import { addressOf, addressProperties, propertyName } from './datasource-address.ts';
import { escapeReferences } from './expressions.ts';
import { attributeOf, childOf, childrenOf, type SourceElement } from './source.ts';

export interface DatasourceEntry {
  readonly name: string;
  readonly jndiName: string;
  readonly comments: readonly string[];
  readonly settings: Readonly<Record<string, string | number | { readonly mode: 'verify-ca' }>>;
}

export interface ImportedDatasources {
  readonly datasources: readonly DatasourceEntry[];
  readonly comments: readonly string[];
}

/** What a module's `dsJndiName` is looked up by. */
const lookupName = (jndiName: string) => jndiName.replace(/^java:(?:\/|jboss\/datasources\/)/, '');

export function hasDatasource(imported: ImportedDatasources, jndiName: string): boolean {
  return imported.datasources.some((one) => [one.name, lookupName(one.jndiName)].includes(lookupName(jndiName)));
}

/** `security`: the subsystem whose domains may hold user and password of a datasource. */
export function importDatasources(
  subsystem: SourceElement | undefined,
  security: SourceElement | undefined,
  context: ImportContext,
): ImportedDatasources {
  const { ledger } = context;
  const container = childOf(subsystem, 'datasources');
  ledger.note(subsystem, 'kept');
  ledger.note(container, 'kept');
  ledger.noteTree(childOf(container, 'drivers'), 'outside', 'the drivers are built in');
  const datasources: DatasourceEntry[] = [];
  const comments: string[] = [];
  for (const element of container?.children ?? []) {
    if (element.name !== 'datasource' && element.name !== 'xa-datasource') continue;
    const jndi = attributeOf(element, 'jndi-name');
    const jndiName = (jndi === undefined ? undefined : context.expand(jndi).plain) ?? '';
    const wanted = safeName(attributeOf(element, 'pool-name')?.value ?? lookupName(jndiName));
    const name = freeName(wanted, (taken) => datasources.some((one) => one.name === taken));
    const isTaken = datasources.some((one) => lookupName(one.jndiName) === lookupName(jndiName));
    const imported = isTaken ? 'another one has its JNDI name' : importOne(element, name, jndiName, security, context);
    if (typeof imported === 'string') {
      ledger.noteTree(element, 'refused', imported);
      comments.push(`${context.at(element)}: the datasource ${jndiName} is not kept: ${imported}.`);
    } else {
      datasources.push(imported);
      ledger.note(element, 'kept');
      ledger.note(attributeOf(element, 'jndi-name'), 'kept');
      ledger.note(
        attributeOf(element, 'pool-name'),
        name === wanted ? 'kept' : 'approximated',
        name === wanted ? '' : `now ${name}`,
      );
      ledger.noteTree(element, 'outside', 'pools, drivers and transactions have settings of their own');
    }
  }
  return { datasources, comments };
}

function importOne(
  element: SourceElement,
  name: string,
  jndiName: string,
  security: SourceElement | undefined,
  context: ImportContext,
): DatasourceEntry | string {
  const { ledger } = context;
  const enabled = attributeOf(element, 'enabled');
  if (enabled !== undefined && context.expand(enabled).plain === 'false') return 'it is switched off';
  const address = addressOf(element, context);
  if (typeof address === 'string') return address;
  const account = accountOf(element, name, security, context);
  if (typeof account === 'string') return account;
  const { product, host, port, database, parameters } = address;
  const isAddress = /^[0-9.]+$|:/.test(host);
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.');
  if (!isLoopback) {
    ledger.task(
      `${name}: TLS to ${host} is on; set tls.ca when its certificate is of an authority of your own`,
      element,
    );
  }
  const url = childOf(element, 'connection-url');
  ledger.note(
    url,
    parameters.length > 0 ? 'approximated' : isLoopback ? 'kept' : 'stricter',
    [
      ...(parameters.length > 0 ? [`parameters of the driver are left out: ${parameters.join(', ')}`] : []),
      ...(isLoopback ? [] : ['TLS is on, and the certificate is checked']),
    ].join('; '),
  );
  if (parameters.length > 0) {
    ledger.task(
      `${name}: the parameters ${parameters.join(', ')} of its address are left out; see that queries find their tables without them`,
      element,
    );
  }
  for (const property of childrenOf(element, 'xa-datasource-property')) {
    const isRead = addressProperties.includes(propertyName(property));
    ledger.noteTree(property, isRead ? 'kept' : 'approximated', isRead ? '' : 'parameters of the driver are left out');
  }
  return {
    name,
    jndiName,
    comments: [context.at(element)],
    settings: {
      product,
      host: escapeReferences(host),
      ...(port === undefined ? {} : { port }),
      database: escapeReferences(database),
      ...account,
      // The client of MariaDB cannot check a certificate for an address.
      ...(product === 'mariadb' && isAddress && !isLoopback ? { tls: { mode: 'verify-ca' as const } } : {}),
      'jndi-name': escapeReferences(jndiName),
    },
  };
}

/** Settings `user` and `password`, or why there are none. */
function accountOf(
  element: SourceElement,
  name: string,
  security: SourceElement | undefined,
  context: ImportContext,
): { readonly user: string; readonly password?: string } | string {
  const { ledger } = context;
  const section = childOf(element, 'security');
  const domain = childOf(section, 'security-domain');
  if (domain !== undefined) {
    const account = accountOfDomain(domain.text, name, security, context);
    if (typeof account === 'string') return account;
    ledger.noteTree(section, 'approximated', 'user and password of the security domain are set here');
    return account;
  }
  const userName = childOf(section, 'user-name') ?? attributeOf(section ?? element, 'user-name');
  const passwordNode = childOf(section, 'password') ?? attributeOf(section ?? element, 'password');
  if (userName === undefined) return 'it says no user';
  const user = context.expand(userName);
  const password = passwordNode === undefined ? undefined : context.expand(passwordNode);
  if (user.missing.length > 0 || (password?.missing.length ?? 0) > 0) return 'its user or password is not known';
  for (const need of [...user.needs, ...(password?.needs ?? [])]) ledger.task(`provide the ${need}`, element);
  ledger.note(section, 'kept');
  ledger.note(userName, 'kept');
  if (password === undefined) return { user: user.written };
  if (password.plain === undefined) {
    ledger.note(passwordNode, 'kept', 'it stays a reference');
    return { user: user.written, password: password.written };
  }
  ledger.note(passwordNode, 'stricter', 'the password is in a file of its own below data/secrets');
  return { user: user.written, password: context.secret(`datasource-${name}`, password.plain) };
}

function accountOfDomain(
  domain: string,
  name: string,
  security: SourceElement | undefined,
  context: ImportContext,
): { readonly user: string; readonly password: string } | string {
  const wanted = childrenOf(childOf(security, 'security-domains'), 'security-domain').find(
    (one) => attributeOf(one, 'name')?.value === domain,
  );
  const [module] = childrenOf(childOf(wanted, 'authentication'), 'login-module');
  const code = module === undefined ? '' : (attributeOf(module, 'code')?.value ?? '');
  const options = new Map(
    childrenOf(module, 'module-option').map((one) => {
      const value = attributeOf(one, 'value');
      return [attributeOf(one, 'name')?.value ?? '', value === undefined ? undefined : context.expand(value)] as const;
    }),
  );
  const account = (options.get('username') ?? options.get('userName') ?? options.get('principal'))?.plain;
  const user = account === undefined ? undefined : escapeReferences(account);
  const password = options.get('password');
  if (user === undefined || password === undefined) return `its security domain ${domain} gives no user and password`;
  if (/SecureIdentity/.test(code)) {
    const decoded = password.plain === undefined ? undefined : decodeSecureIdentity(password.plain);
    return decoded === undefined
      ? `its security domain ${domain} has a password that cannot be decoded`
      : { user, password: context.secret(`datasource-${name}`, decoded.reveal()) };
  }
  if (!/ConfiguredIdentity/.test(code)) return `its security domain ${domain} is not one for connections`;
  return {
    user,
    password: password.plain === undefined ? password.written : context.secret(`datasource-${name}`, password.plain),
  };
}
