/** @module A catalogue for the loader's tests: two modules, one provider, two mechanisms, and names of later versions. */
import { z } from 'zod';
import type { CatalogEntry, ConfigurationCatalog, MapperEntry } from '../../src/config/configuration-catalog.ts';
import { type LoadResult, loadConfiguration } from '../../src/config/load.ts';
import type { SecretSources } from '../../src/config/secrets.ts';
import type { PlugIns } from '../../src/spi/catalog-answer.ts';

const stacking = { 'password-stacking': z.literal('useFirstPass').optional().describe('Trust the stack.') };

const modules: readonly CatalogEntry[] = [
  {
    code: 'UsersRoles',
    options: z.strictObject({
      ...stacking,
      usersProperties: z.string().min(1).optional().describe('Users.'),
      rolesProperties: z.string().optional().describe('Roles.'),
      strict: z.boolean().optional().describe('A truth value.'),
      picky: z
        .string()
        .refine((value) => value === 'right', { error: ({ input }) => `refuses ${String(input)}` })
        .optional()
        .describe('Quotes its input.'),
    }),
  },
  { code: 'RealmDirect', options: z.strictObject({ ...stacking, realm: z.string().optional().describe('Realm.') }) },
  { code: 'Remoting', options: z.strictObject(stacking) },
];
const mappers: readonly MapperEntry[] = [
  { code: 'SimpleRoles', types: ['role'], perApplication: false, options: z.record(z.string(), z.string()) },
  { code: 'DeploymentRoles', types: ['role'], perApplication: true, options: z.strictObject({}) },
  {
    code: 'LdapAttributes',
    types: ['attribute'],
    perApplication: false,
    options: z.strictObject({ attributeList: z.string().describe('Names.') }),
  },
];
const policies: readonly CatalogEntry[] = [
  { code: 'PermitAll', options: z.strictObject({}) },
  { code: 'Web', options: z.strictObject({}) },
];
const providers: readonly CatalogEntry[] = [
  { code: 'File', options: z.strictObject({ path: z.string().default('audit.jsonl').describe('Path.') }) },
];

const mechanismOptions = z.strictObject({
  'realm-name': z.string().optional().describe('Shown.'),
  silent: z.boolean().optional().describe('A truth value.'),
});

const find = <T extends { code: string }>(entries: readonly T[], code: string) =>
  entries.find((entry) => entry.code.toLowerCase() === code.toLowerCase());

function shelf<T extends { code: string }>(entries: readonly T[], later: string): PlugIns<T> {
  return {
    find: (code) => find(entries, code) ?? (code === later ? 'later' : undefined),
    codes: () => entries.map(({ code }) => code),
  };
}

const loginModules = shelf(modules, 'Database');

export const exampleCatalog: ConfigurationCatalog = {
  loginModules: {
    ...loginModules,
    find: (code) =>
      loginModules.find(code === 'org.jboss.security.auth.spi.UsersRolesLoginModule' ? 'UsersRoles' : code),
  },
  mappers: shelf(mappers, 'DeploymentRoleToRolesMappingProvider'),
  authorizationModules: shelf(policies, 'XACML'),
  auditProviders: shelf(providers, 'Syslog'),
  mechanisms: {
    find: (name) => {
      const known = ['FORM', 'BASIC'].find((candidate) => candidate === name.toUpperCase());
      return known === undefined
        ? name === 'SPNEGO'
          ? 'later'
          : undefined
        : { name: known, options: mechanismOptions };
    },
    codes: () => ['FORM', 'BASIC'],
  },
};

export function load(text: string, sources: Partial<SecretSources> = {}): LoadResult {
  return loadConfiguration({
    text,
    file: 'gatehouse.yaml',
    environment: {},
    readSecretFile: () => ({ problem: 'no such file' }),
    catalog: exampleCatalog,
    ...sources,
  });
}

/** Problems as lines without the file name. */
export function complaints(text: string, sources: Partial<SecretSources> = {}): readonly string[] {
  const result = load(text, sources);
  return result.status === 'loaded'
    ? []
    : result.problems.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`);
}
