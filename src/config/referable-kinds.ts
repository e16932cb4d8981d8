/** @module What a name in the file may refer to: codes of the catalogue, and what other parts of the file define. */
import type { CatalogAnswer } from '../spi/catalog-answer.ts';
import type {
  CatalogEntry,
  ConfigurationCatalog,
  MapperEntry,
  MechanismCatalogEntry,
} from './configuration-catalog.ts';

export type Table = Readonly<Record<string, unknown>>;

/** The value as a table without a prototype; an empty one for anything else. */
export function table(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.assign(Object.create(null), value)
    : {};
}

/** One kind of name. */
export interface Kind<T> {
  /** For messages. */
  readonly word: string;
  find(name: string): CatalogAnswer<T>;
  /** For suggestions. */
  names(): readonly string[];
  /** Why a name that `find` does not know is more than a mistake in spelling. */
  problem?(name: string): string | undefined;
}

/** @param root the whole file, of whatever shape */
export function kindsOf(catalog: ConfigurationCatalog, root: Table) {
  const defined = (word: string, section: unknown): Kind<true> => {
    const names = Object.keys(table(section));
    return { word, find: (name) => (names.includes(name) ? true : undefined), names: () => names };
  };
  const loginModule: Kind<CatalogEntry> = {
    word: 'login module',
    find: (code) => catalog.loginModule(code),
    names: () => catalog.loginModuleCodes(),
    problem: (code) => catalog.loginModuleProblem?.(code),
  };
  const mapper: Kind<MapperEntry> = {
    word: 'mapping module',
    find: (code) => catalog.mapper(code),
    names: () => catalog.mapperCodes(),
    problem: (code) => catalog.mapperProblem?.(code),
  };
  const authorizationModule: Kind<CatalogEntry> = {
    word: 'authorization module',
    find: (code) => catalog.authorizationModule(code),
    names: () => catalog.authorizationModuleCodes(),
    problem: (code) => catalog.authorizationModuleProblem?.(code),
  };
  const auditProvider: Kind<CatalogEntry> = {
    word: 'audit provider',
    find: (code) => catalog.auditProvider(code),
    names: () => catalog.auditProviderCodes(),
    problem: (code) => catalog.auditProviderProblem?.(code),
  };
  const mechanism: Kind<MechanismCatalogEntry> = {
    word: 'mechanism',
    find: (name) => catalog.mechanism(name),
    names: () => catalog.mechanismNames(),
  };
  return {
    loginModule,
    mapper,
    authorizationModule,
    auditProvider,
    mechanism,
    realm: defined('security realm', root['security-realms']),
    domain: defined('security domain', root['security-domains']),
  };
}
