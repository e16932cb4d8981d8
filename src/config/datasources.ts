/** @module A datasource as the rest of the house reads it, and how a module's option finds one. */

import { datasourceNameOf, defaultJndiName } from '../spi/datasource.ts';
import type { ConfigurationPlace } from '../spi/decision-trace.ts';
import { Secret } from '../spi/secret.ts';
import type { Finding, Path } from './problem.ts';
import { type DatabaseAddress, type DatasourceDocument, databaseAddress, isLoopback } from './schema-datasources.ts';
import { type Checked, valueAt } from './schema-findings.ts';
import { didYouMean } from './suggestion.ts';

type NetworkAddress = Exclude<DatabaseAddress, { readonly product: 'sqlite' }>;

export interface TlsToDatabase {
  readonly mode: 'verify-full' | 'verify-ca';
  /** PEM file, relative to the configuration folder. */
  readonly ca?: string;
}

export type DatabaseConfiguration =
  | Extract<DatabaseAddress, { readonly product: 'sqlite' }>
  | (NetworkAddress & {
      readonly user: string;
      readonly password?: Secret<string>;
      /** Absent: in the clear. */
      readonly tls?: TlsToDatabase;
      readonly poolSize: number;
    });

export interface DatasourceConfiguration {
  readonly name: string;
  /** What `datasourceNameOf` makes of `jndi-name`. */
  readonly jndiName?: string;
  readonly database: DatabaseConfiguration;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly maxRows: number;
  readonly place: ConfigurationPlace;
}

const defaultPoolSize = 10;

/** An empty list where the address is not whole: that never passes the schema. */
export function resolveDatasource(
  name: string,
  written: DatasourceDocument,
  place: ConfigurationPlace,
): readonly DatasourceConfiguration[] {
  const address = databaseAddress(written);
  if (!('product' in address)) {
    return [];
  }
  const jndiName = written['jndi-name'];
  return [
    {
      name,
      ...(jndiName === undefined ? {} : { jndiName: datasourceNameOf(jndiName) }),
      database: address.product === 'sqlite' ? address : networkDatabase(address, written),
      connectTimeoutMs: written['connect-timeout-ms'],
      statementTimeoutMs: written['statement-timeout-ms'],
      maxRows: written['max-rows'],
      place,
    },
  ];
}

function networkDatabase(address: NetworkAddress, written: DatasourceDocument): DatabaseConfiguration {
  const { user = '', password, tls } = written;
  const mode = tls?.mode ?? (isLoopback(address.host) ? 'disable' : 'verify-full');
  return {
    ...address,
    user,
    ...(password === undefined ? {} : { password: new Secret(password) }),
    ...(mode === 'disable' ? {} : { tls: { mode, ...(tls?.ca === undefined ? {} : { ca: tls.ca }) } }),
    poolSize: written['pool-size'] ?? defaultPoolSize,
  };
}

/** Modules whose options name a datasource: `datasource`, else `dsJndiName`. */
const asking: readonly string[] = ['Database', 'DatabaseCertificate', 'DatabaseRoles'];

/** Every name under which a datasource of the raw file is found. */
function namesIn(root: unknown): readonly string[] {
  const section = valueAt(root, ['datasources']);
  return typeof section !== 'object' || section === null
    ? []
    : Object.entries(section).flatMap(([name, written]) => {
        const jndiName = valueAt(written, ['jndi-name']);
        return typeof jndiName === 'string' ? [name, datasourceNameOf(jndiName)] : [name];
      });
}

/** Whether the datasource that a module's options name is there. Works on raw values, as `referenceFindings` does. */
export function datasourceFindings(
  { value, holdsSecret }: Omit<Checked, 'at'>,
  code: string | undefined,
  module: Path,
): readonly Finding[] {
  if (code === undefined || !asking.includes(code)) {
    return [];
  }
  const names = namesIn(value);
  const known = names.length > 0 && names.length <= 12 ? ` (known: ${names.join(', ')})` : '';
  for (const option of ['datasource', 'dsJndiName']) {
    const path = [...module, 'module-options', option];
    const written = valueAt(value, path);
    if (typeof written === 'string' && written !== '') {
      const wanted = option === 'datasource' ? written : datasourceNameOf(written);
      const quoted = holdsSecret(path) ? '' : ` "${written.slice(0, 100)}"`;
      const hint = quoted === '' ? '' : didYouMean(wanted, names);
      return names.includes(wanted) ? [] : [{ path, message: `unknown datasource${quoted}${hint || known}` }];
    }
  }
  return names.includes(datasourceNameOf(defaultJndiName))
    ? []
    : [
        {
          path: module,
          message: `needs module-options.datasource: there is no datasource "${defaultJndiName}", the default`,
        },
      ];
}

/** Two datasources that are found under one name. */
export function datasourceNameFindings(all: Readonly<Record<string, DatasourceDocument>>): readonly Finding[] {
  const owners = new Map(Object.keys(all).map((name) => [name, name]));
  return Object.entries(all).flatMap(([name, written]) => {
    const jndiName = written['jndi-name'];
    const key = jndiName === undefined ? name : datasourceNameOf(jndiName);
    const owner = owners.get(key) ?? name;
    owners.set(key, owner);
    return owner === name
      ? []
      : [{ path: ['datasources', name, 'jndi-name'], message: `is the name of the datasource "${owner}"` }];
  });
}
