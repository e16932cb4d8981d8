/** @module What a name in the file may refer to: codes of the catalogue, and what other parts of the file define. */
import type { PlugIns } from '../spi/catalog-answer.ts';
import type { ConfigurationCatalog } from './configuration-catalog.ts';

export type Table = Readonly<Record<string, unknown>>;

/** The value as a table without a prototype; an empty one for anything else. */
export function table(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.assign(Object.create(null), value)
    : {};
}

/** One kind of name. */
export interface Kind<T> extends PlugIns<T> {
  /** For messages. */
  readonly word: string;
}

/** @param root the whole file, of whatever shape */
export function kindsOf(catalog: ConfigurationCatalog, root: Table) {
  const defined = (word: string, section: unknown): Kind<true> => {
    const names = Object.keys(table(section));
    return { word, find: (name) => (names.includes(name) ? true : undefined), codes: () => names };
  };
  return {
    loginModule: { word: 'login module', ...catalog.loginModules },
    mapper: { word: 'mapping module', ...catalog.mappers },
    authorizationModule: { word: 'authorization module', ...catalog.authorizationModules },
    auditProvider: { word: 'audit provider', ...catalog.auditProviders },
    mechanism: { word: 'mechanism', ...catalog.mechanisms },
    realm: defined('security realm', root['security-realms']),
    domain: defined('security domain', root['security-domains']),
    identityProvider: defined('identity provider', table(root['saml-sp'])['identity-providers']),
  };
}
