/** @module What the loader must know of the catalogue: which codes exist, which come later, and how their options are checked. */
import type { z } from 'zod';
import type { PlugIns } from '../spi/catalog-answer.ts';
import type { MappingType } from '../spi/mapping.ts';

/** A LoginModuleFactory and an AuditProviderFactory have this shape. */
export interface CatalogEntry {
  /** To the letter. */
  readonly code: string;
  /** Strict schema of the raw options. */
  readonly options: z.ZodType;
  /** Control flags that a login module may have; every one where nothing is said. */
  readonly flags?: readonly string[];
  /** Options that may not be written in the file itself. */
  readonly secretOptions?: readonly string[];
}

/** An HttpMechanismFactory has this shape. */
export interface MechanismCatalogEntry {
  readonly name: string;
  readonly options: z.ZodType;
}

/** A MapperFactory has this shape. */
export interface MapperEntry extends CatalogEntry {
  readonly types: readonly MappingType[];
  readonly perApplication: boolean;
}

/** The catalogue that `src/catalog.ts` opens satisfies it, with the operator's own modules beside those that are built in. */
export interface ConfigurationCatalog {
  readonly loginModules: PlugIns<CatalogEntry>;
  readonly mappers: PlugIns<MapperEntry>;
  readonly authorizationModules: PlugIns<CatalogEntry>;
  readonly auditProviders: PlugIns<CatalogEntry>;
  /** FORM, BASIC … */
  readonly mechanisms: PlugIns<MechanismCatalogEntry>;
}
