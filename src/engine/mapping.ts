/** @module Mapping: what a domain does to roles and name after its stack has agreed, step by step. */
import type { ConfigurationPlace, MappingStep } from '../spi/decision-trace.ts';
import type { PrincipalMapper, RoleMapper } from '../spi/mapping.ts';
import type { Subject } from '../spi/subject.ts';
import { classifyFault, type Fault } from './fault.ts';

/** A configured mapper and where it is written. */
export interface MapperEntry<M> {
  readonly mapper: M;
  readonly place?: ConfigurationPlace;
}

export interface Mappers {
  readonly roleMappers: readonly MapperEntry<RoleMapper>[];
  readonly principalMappers: readonly MapperEntry<PrincipalMapper>[];
  /** Runs a mapper's work under the domain's deadline. */
  readonly limit: <T>(work: () => Promise<T>) => Promise<T>;
}

export type MappingResult =
  | { readonly status: 'mapped'; readonly subject: Subject; readonly steps: readonly MappingStep[] }
  /** The login fails: roles that could not be mapped may be too many as well as too few. */
  | { readonly status: 'fault'; readonly fault: Fault; readonly by: string; readonly steps: readonly MappingStep[] };

/**
 * Maps roles first, then the name (the run order of jboss-facts §4.4), so that a role mapper sees the name that the
 * stack proved. Mappers of one type run in order, each on what the one before it made.
 */
export async function applyMappers(proved: Subject, mappers: Mappers): Promise<MappingResult> {
  const steps: MappingStep[] = [];
  let subject = proved;
  let by = '';
  try {
    for (const { mapper, place } of mappers.roleMappers) {
      by = `role mapper ${mapper.code}`;
      const before = subject;
      const roles = [...new Set(await mappers.limit(() => mapper.map(before.roles, before)))];
      subject = { ...before, roles };
      steps.push(buildStep('role', mapper.code, before.roles, roles, place));
    }
    for (const { mapper, place } of mappers.principalMappers) {
      by = `principal mapper ${mapper.code}`;
      const before = subject;
      const callerPrincipal = await mappers.limit(() => mapper.map(before.callerPrincipal, before));
      subject = { ...before, callerPrincipal };
      steps.push(buildStep('principal', mapper.code, [before.callerPrincipal.name], [callerPrincipal.name], place));
    }
  } catch (error) {
    return { status: 'fault', fault: classifyFault(error), by, steps };
  }
  return { status: 'mapped', subject, steps };
}

function buildStep(
  type: MappingStep['type'],
  code: string,
  before: readonly string[],
  after: readonly string[],
  place: ConfigurationPlace | undefined,
): MappingStep {
  return place === undefined ? { type, code, before, after } : { type, code, before, after, place };
}
