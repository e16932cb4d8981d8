/** @module Mapping: what a domain does to roles, name and attributes after its stack has agreed, step by step. */
import type { ConfigurationPlace, MappingStep } from '../spi/decision-trace.ts';
import { type Mapper, type MappingContext, mappingTypes } from '../spi/mapping.ts';
import type { Subject } from '../spi/subject.ts';
import { classifyFault, type Fault, faultWord } from './fault.ts';

/** A configured mapper and where it is written. */
export interface MapperEntry {
  readonly code: string;
  readonly mapper: Mapper;
  readonly place?: ConfigurationPlace;
}

export interface MappingRun {
  /** In the order of the configuration. */
  readonly mappers: readonly MapperEntry[];
  readonly context: Omit<MappingContext, 'signal'>;
  /** Runs a mapper's work under the domain's deadline. */
  readonly limit: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

export type MappingResult =
  | { readonly status: 'mapped'; readonly subject: Subject; readonly steps: readonly MappingStep[] }
  /** The login fails: roles that could not be mapped may be too many as well as too few. */
  | { readonly status: 'fault'; readonly fault: Fault; readonly by: string; readonly steps: readonly MappingStep[] };

/**
 * Maps roles first, then the name, then attributes (the run order of jboss-facts §4.4), so that a role mapper sees the name
 * that the stack proved. Mappers of one type run in the order of the configuration, each on what the one before it made.
 */
export async function applyMappers(proved: Subject, { mappers, context, limit }: MappingRun): Promise<MappingResult> {
  const steps: MappingStep[] = [];
  let subject = proved;
  const inOrder = mappingTypes.flatMap((type) => mappers.filter(({ mapper }) => mapper.type === type));
  for (const { code, mapper, place } of inOrder) {
    const before = subject;
    const shown = shownOf(mapper.type, before);
    const head = { type: mapper.type, code, before: shown };
    const foot = place === undefined ? {} : { place };
    try {
      subject = await limit((signal) => applyMapper(mapper, before, { ...context, signal }));
      steps.push({ ...head, after: shownOf(mapper.type, subject), ...foot });
    } catch (error) {
      const fault = classifyFault(error);
      steps.push({ ...head, after: shown, fault: faultWord(fault), ...foot });
      return { status: 'fault', fault, by: `${mapper.type} mapper ${code}`, steps };
    }
  }
  return { status: 'mapped', subject, steps };
}

async function applyMapper(mapper: Mapper, subject: Subject, context: MappingContext): Promise<Subject> {
  switch (mapper.type) {
    case 'role':
      return { ...subject, roles: [...new Set(await mapper.map(subject.roles, subject, context))] };
    case 'principal':
      return { ...subject, callerPrincipal: await mapper.map(subject.callerPrincipal, subject, context) };
    case 'credential': {
      const { certificate } = context;
      const named = certificate && (await mapper.map(certificate, subject, context));
      return named === undefined ? subject : { ...subject, callerPrincipal: named };
    }
    case 'attribute':
      return { ...subject, attributes: await mapper.map(subject.attributes, subject, context) };
    default:
      return mapper satisfies never;
  }
}

/** What a trace tells: of attributes the names, because their values may be private. */
function shownOf(type: Mapper['type'], subject: Subject): readonly string[] {
  switch (type) {
    case 'role':
      return subject.roles;
    case 'principal':
    case 'credential':
      return [subject.callerPrincipal.name];
    case 'attribute':
      return Object.keys(subject.attributes);
    default:
      return type satisfies never;
  }
}
