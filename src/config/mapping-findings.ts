/** @module Checks of a domain's mapping modules that no schema can make: the type that a module has, and what must come last. */
import { type MappingType, mappingTypes } from '../spi/mapping.ts';
import type { MapperEntry } from './configuration-catalog.ts';
import type { Finding, Path } from './problem.ts';

/** One entry of the list: what the catalogue knows of its code, and the type as it is written. */
export interface WrittenMapper {
  readonly entry: MapperEntry | undefined;
  readonly type: unknown;
  readonly path: Path;
}

/**
 * A missing type means role (jboss-facts §4.1); JBoss then fails with a cast at the first login where the module maps something
 * else. What answers for one application cannot be mapped further at the login, which is for all of them.
 */
export function mappingFindings(mappers: readonly WrittenMapper[]): readonly Finding[] {
  const findings: Finding[] = [];
  let perApplication: string | undefined;
  for (const { entry, type: written, path } of mappers) {
    const type = typeOf(written);
    if (type !== undefined && entry !== undefined && !entry.types.includes(type)) {
      const kinds = entry.types.join(' or ');
      const found = written === undefined ? 'no type means role, and ' : '';
      findings.push({
        path: written === undefined ? path : [...path, 'type'],
        message: `${found}${entry.code} is of the type ${kinds}: write type: ${entry.types[0] ?? ''}`,
      });
    }
    if (type !== 'role') continue;
    if (perApplication !== undefined) {
      findings.push({
        path,
        message: `must come before ${perApplication}: what that gives holds in one application, and everything after it would too`,
      });
    }
    if (entry?.perApplication === true) perApplication = entry.code;
  }
  return findings;
}

function typeOf(written: unknown): MappingType | undefined {
  return written === undefined ? 'role' : mappingTypes.find((type) => type === written);
}
