/** @module The part of the schema about SQL databases: where each is, who asks, how it is protected, and its limits. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { hostName, maxEntries, name, path, text } from './schema-fields.ts';

export const sqlProducts = ['postgresql', 'mariadb', 'sqlite'] as const;
export type SqlProduct = (typeof sqlProducts)[number];

/** A login waits for the answer; a person has left after a minute. */
const maxTimeoutMs = 60_000;
/** PostgreSQL admits 100 connections where nothing else is said, and there are other nodes. */
const maxPoolSize = 200;
/** Roles of one user; what is above is a query without a condition. */
const maxRowsLimit = 100_000;

const timeoutMs = () => z.int().min(10).max(maxTimeoutMs);

const tlsSchema = z.strictObject({
  mode: z
    .enum(['verify-full', 'verify-ca', 'disable'])
    .default('verify-full')
    .describe(
      '`verify-full`: certificate and host name are checked; `verify-ca`: the certificate only; `disable`: no TLS.',
    ),
  ca: path()
    .optional()
    .describe('PEM file of the authorities to believe; those that Node.js brings where it is left out.'),
});

const fields = z.strictObject({
  product: z.enum(sqlProducts).describe('Which database it is.'),
  url: text()
    .optional()
    .describe(
      'Where it is, in one text: `postgresql://host:port/database`, `mariadb://…`, `sqlite:file`. A leading `jdbc:` does no harm.',
    ),
  host: hostName().optional().describe('Where it is, if there is no `url`.'),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('5432 for postgresql and 3306 for mariadb where it is left out.'),
  database: text().max(128).optional().describe('The name of the database, if there is no `url`.'),
  file: path().optional().describe('sqlite: the database file, relative to the configuration folder.'),
  user: text().max(128).optional().describe('Who asks. Required but for sqlite.'),
  password: text().optional().describe('A secret: refer to an environment variable or to a file of its own.'),
  tls: tlsSchema
    .optional()
    .describe('TLS to the database. Where it is left out: none on loopback, `verify-full` to any other host.'),
  'pool-size': z.int().min(1).max(maxPoolSize).optional().describe('Most connections at a time; 10. Not for sqlite.'),
  'connect-timeout-ms': timeoutMs()
    .default(2000)
    .describe('How long to wait for a connection, new or out of the pool, in milliseconds.'),
  'statement-timeout-ms': timeoutMs()
    .default(3000)
    .describe('How long one statement may take, at the database and here, in milliseconds.'),
  'max-rows': z.int().min(1).max(maxRowsLimit).default(1000).describe('A statement that gives more rows is a fault.'),
  'jndi-name': text()
    .max(256)
    .optional()
    .describe("The name under which `dsJndiName` of JBoss's modules finds it, such as `java:/DefaultDS`."),
});
type Fields = z.output<typeof fields>;

export type DatabaseAddress =
  | {
      readonly product: 'postgresql' | 'mariadb';
      readonly host: string;
      readonly port: number;
      readonly database: string;
    }
  | { readonly product: 'sqlite'; readonly file: string };

interface Complaint {
  readonly path: readonly string[];
  readonly message: string;
}

const defaultPorts = { postgresql: 5432, mariadb: 3306 } as const;

export const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127\./.test(host);

const brackets = /^\[|\]$/g;

function urlParts(
  written: string,
  product: SqlProduct,
): { host?: string; port?: number; database?: string; file?: string } | string {
  const bare = written
    .replace(/^jdbc:/, '')
    .replace(/^mysql:/, 'mariadb:')
    .replace(/^postgres:/, 'postgresql:');
  if (!bare.startsWith(`${product}:`)) {
    return `must begin with ${product}:${product === 'sqlite' ? '' : '//'}`;
  }
  if (product === 'sqlite') {
    const file = bare.slice('sqlite:'.length);
    return file === '' ? 'must name a file' : { file };
  }
  const url = URL.canParse(bare) ? new URL(bare) : undefined;
  if (url === undefined || url.hostname === '' || !hostName().safeParse(url.hostname.replace(brackets, '')).success) {
    return `must be ${product}://host:port/database`;
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not hold user or password: they have settings of their own';
  }
  if (url.search !== '' || url.hash !== '') {
    return 'must not hold parameters: they have settings of their own';
  }
  const database = url.pathname.slice(1);
  if (!/^[^/%]+$/.test(database)) {
    return 'must end with the name of the database; one with special characters is written as host and database';
  }
  return { host: url.hostname.replace(brackets, ''), ...(url.port === '' ? {} : { port: Number(url.port) }), database };
}

/** Where the database is, by `url` or by the single settings. */
export function databaseAddress(written: Fields): DatabaseAddress | Complaint {
  const { product, url } = written;
  const parts = url === undefined ? written : urlParts(url, product);
  if (typeof parts === 'string') {
    return { path: ['url'], message: parts };
  }
  if (product === 'sqlite') {
    return parts.file === undefined ? { path: [], message: 'needs file' } : { product, file: parts.file };
  }
  const { host, database, port = defaultPorts[product] } = parts;
  return host === undefined || database === undefined
    ? { path: [], message: 'needs url, or host and database' }
    : { product, host, port, database };
}

const onlyNetwork = ['host', 'port', 'database', 'user', 'password', 'tls', 'pool-size'] as const;
const partsOfUrl = ['host', 'port', 'database', 'file'] as const;

function complaints(written: Fields): readonly Complaint[] {
  const meaningless = written.product === 'sqlite' ? onlyNetwork : (['file'] as const);
  const strange = meaningless
    .filter((key) => written[key] !== undefined)
    .map((key) => ({ path: [key], message: `has no meaning for ${written.product}` }));
  const twice = partsOfUrl
    .filter((key) => written.url !== undefined && written[key] !== undefined && !meaningless.some((one) => one === key))
    .map((key) => ({ path: [key], message: 'is part of url already' }));
  const address = databaseAddress(written);
  if (!('product' in address)) {
    return [...strange, ...twice, address];
  }
  if (address.product === 'sqlite') {
    return [...strange, ...twice];
  }
  const mode = written.tls?.mode ?? (isLoopback(address.host) ? 'disable' : 'verify-full');
  return [
    ...strange,
    ...twice,
    ...(written.user === undefined ? [{ path: [], message: 'needs user' }] : []),
    ...(mode === 'disable' && written.tls?.ca !== undefined
      ? [{ path: ['tls', 'ca'], message: 'has no meaning with mode disable' }]
      : []),
    // Its client library has no way to say which address the certificate must be for (it would check for "localhost").
    ...(address.product === 'mariadb' && mode === 'verify-full' && isIP(address.host) !== 0
      ? [
          {
            path: [written.url === undefined ? 'host' : 'url'],
            message: 'must be a host name: tls mode verify-full cannot check an address for mariadb; or set verify-ca',
          },
        ]
      : []),
  ];
}

const datasourceSchema = fields.superRefine((written, context) => {
  for (const { path: where, message } of complaints(written)) {
    context.addIssue({ code: 'custom', path: [...where], message });
  }
});

export type DatasourceDocument = z.output<typeof datasourceSchema>;

export const datasourcesSchema = z
  .record(name(), datasourceSchema.describe('An SQL database that login modules ask.'))
  .refine((all) => Object.keys(all).length <= maxEntries, `must have at most ${maxEntries} entries`)
  .default({})
  .describe('SQL databases by name.');
