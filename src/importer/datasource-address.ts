/** @module Where the database of a datasource is: its `connection-url`, or the properties of an XA datasource. */
import type { ImportContext } from './context.ts';
import { attributeOf, childOf, childrenOf, type SourceElement } from './source.ts';

export interface Address {
  readonly product: 'postgresql' | 'mariadb';
  readonly host: string;
  readonly port?: number;
  readonly database: string;
  /** Names of what else the driver was told; a value may be a password. */
  readonly parameters: readonly string[];
}

const products: Readonly<Record<string, Address['product']>> = {
  postgresql: 'postgresql',
  mariadb: 'mariadb',
  mysql: 'mariadb',
};

/** What is read of an XA datasource's properties; the rest is the driver's. */
export const addressProperties: readonly string[] = ['url', 'servername', 'databasename', 'portnumber', 'port'];

export function propertyName(property: SourceElement): string {
  return (attributeOf(property, 'name')?.value ?? '').toLowerCase();
}

export function addressOf(element: SourceElement, context: ImportContext): Address | string {
  const properties = new Map(
    childrenOf(element, 'xa-datasource-property').map((one) => [propertyName(one), context.expand(one).plain]),
  );
  const url = childOf(element, 'connection-url');
  const written = url === undefined ? properties.get('url') : context.expand(url).plain;
  if (written !== undefined) return parseUrl(written);
  if (url !== undefined) return 'its connection-url has a part that is not known';
  const driver = childOf(element, 'driver')?.text.toLowerCase() ?? '';
  const product = products[driver.replace(/^.*(postgresql|mysql|mariadb).*$/, '$1')];
  const [host, database] = [properties.get('servername'), properties.get('databasename')];
  if (product === undefined) return 'Gatehouse knows PostgreSQL and MariaDB (and MySQL)';
  if (host === undefined || database === undefined) return 'it does not say which server and which database';
  const port = Number(properties.get('portnumber') ?? properties.get('port') ?? '');
  const parameters = [...properties.keys()].filter((one) => !addressProperties.includes(one));
  return { product, host, ...(Number.isInteger(port) && port > 0 ? { port } : {}), database, parameters };
}

function parseUrl(written: string): Address | string {
  const [, kind = ''] = /^jdbc:([a-z0-9]+):/.exec(written) ?? [];
  const product = products[kind];
  if (product === undefined) return 'Gatehouse knows PostgreSQL and MariaDB (and MySQL)';
  const bare = written.slice('jdbc:'.length);
  const url = URL.canParse(bare) ? new URL(bare) : undefined;
  const database = url?.pathname.slice(1) ?? '';
  if (url === undefined || url.hostname === '' || url.username !== '' || !/^[^/%]+$/.test(database)) {
    return 'its connection-url is not one of a server, perhaps a port, and a database';
  }
  return {
    product,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    database,
    parameters: [...new Set(url.searchParams.keys())],
  };
}
