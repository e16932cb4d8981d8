/** @module What the loader must know of the catalogue: which codes exist, which come later, and how their options are checked. */
import type { z } from 'zod';
import type { CatalogAnswer } from '../spi/catalog-answer.ts';
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

/** `src/catalog.ts` satisfies it. Look-ups disregard case and know aliases (old fully-qualified class names). */
export interface ConfigurationCatalog {
  loginModule(code: string): CatalogAnswer<CatalogEntry>;
  loginModuleCodes(): readonly string[];
  /** Why a code that names a module of the operator's own has no answer. */
  loginModuleProblem?(code: string): string | undefined;
  mapper(code: string): CatalogAnswer<MapperEntry>;
  mapperCodes(): readonly string[];
  mapperProblem?(code: string): string | undefined;
  authorizationModule(code: string): CatalogAnswer<CatalogEntry>;
  authorizationModuleCodes(): readonly string[];
  authorizationModuleProblem?(code: string): string | undefined;
  auditProvider(code: string): CatalogAnswer<CatalogEntry>;
  auditProviderCodes(): readonly string[];
  auditProviderProblem?(code: string): string | undefined;
  /** FORM, BASIC … */
  mechanism(name: string): CatalogAnswer<MechanismCatalogEntry>;
  mechanismNames(): readonly string[];
}
