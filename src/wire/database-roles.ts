/** @module What modules with roles in a database share: their options, their datasource, and rows read as groups (jboss-facts §2.3). */
import { z } from 'zod';
import { type Datasource, datasourceNameOf, defaultJndiName, type SqlRow, type SqlValue } from '../spi/datasource.ts';
import type { Contribution, ModuleServices, Refusal } from '../spi/login-module.ts';
import { optionFlag, optionText } from '../spi/option-values.ts';
import { numberPlaceholders } from './sql-placeholders.ts';

/** An SQL statement with so many `?`. */
export function sqlOption(placeholders: number) {
  const wanted = placeholders === 0 ? 'no ?' : placeholders === 1 ? 'exactly one ?' : `exactly ${placeholders} ?`;
  return optionText.refine((sql) => numberPlaceholders(sql).count === placeholders, `must have ${wanted} in it`);
}

/** Spread into a module's strict zod object. */
export const databaseOptions = {
  dsJndiName: optionText
    .default(defaultJndiName)
    .describe('The datasource: its `jndi-name` or its name, with or without `java:/` or `java:jboss/datasources/`.'),
  datasource: optionText
    .optional()
    .describe('The datasource by its name; `dsJndiName` is not looked at then. JBoss does not have it.'),
  suspendResume: optionFlag
    .default(true)
    .describe('No meaning: in JBoss it suspended the transaction of the caller, and there is none here.'),
  transactionManagerJndiName: optionText
    .default('java:/TransactionManager')
    .describe('No meaning, for the same reason.'),
} as const;

const schema = z.strictObject(databaseOptions);
export type DatabaseOptions = Readonly<z.output<typeof schema>>;

/** @throws ERR_CONFIG_INVALID when there is none of that name. */
export function datasourceOf(options: DatabaseOptions, services: Pick<ModuleServices, 'datasource'>): Datasource {
  return services.datasource(options.datasource ?? datasourceNameOf(options.dsJndiName));
}

export interface RolesQuestion {
  readonly datasource: Datasource;
  /** Absent: nobody has roles from here. */
  readonly query: string | undefined;
  readonly name: string;
  /** JBoss lets somebody in without any row only where `unauthenticatedIdentity` is set. */
  readonly mayHaveNone: boolean;
}

/** @throws ERR_STORE_UNAVAILABLE */
export async function readRoles(question: RolesQuestion, signal: AbortSignal): Promise<Contribution | Refusal> {
  const { datasource, query, name, mayHaveNone } = question;
  if (query === undefined) {
    return { roles: [] };
  }
  const rows = await datasource.query(query, [name], signal);
  return rows.length === 0 && !mayHaveNone
    ? { status: 'failed', reason: 'no-roles', note: 'rolesQuery gave no row' }
    : contributionOf(rows);
}

/** First column the role, second the group; no group is `Roles`. */
function contributionOf(rows: readonly SqlRow[]): Contribution {
  const groups = new Map<string, Set<string>>();
  for (const [role = null, group = null] of rows) {
    const member = textOf(role) ?? '';
    const name = textOf(group) ?? '';
    const key = name === '' ? 'Roles' : name;
    const members = groups.get(key) ?? new Set();
    if (member !== '') members.add(member);
    groups.set(key, members);
  }
  const roles = [...(groups.get('Roles') ?? [])];
  const [callerPrincipal] = groups.get('CallerPrincipal') ?? [];
  groups.delete('Roles');
  groups.delete('CallerPrincipal');
  return {
    roles,
    groups: Object.fromEntries([...groups].map(([name, members]) => [name, [...members]])),
    ...(callerPrincipal === undefined ? {} : { callerPrincipal: { name: callerPrincipal, type: 'user' } }),
  };
}

/** A value as text, whatever the column's type. `undefined`: NULL, or bytes that are no UTF-8. */
export function textOf(value: SqlValue): string | undefined {
  if (value === null) {
    return undefined;
  }
  if (!(value instanceof Uint8Array)) {
    return String(value);
  }
  const text = Buffer.from(value).toString('utf8');
  return Buffer.from(text, 'utf8').equals(value) ? text : undefined;
}
