/** @module Mapping modules in tests: subjects, a context, one step by the engine. */
import { applyMappers } from '../../src/engine/mapping.ts';
import type { Mapper, MappingContext, MappingServices } from '../../src/spi/mapping.ts';
import type { Subject } from '../../src/spi/subject.ts';
import { pluginServices } from './plugin-services.ts';

export function subjectNamed(name: string, roles: readonly string[] = [], type: 'user' | 'x500' = 'user'): Subject {
  const callerPrincipal = { name, type };
  return { callerPrincipal, principals: [callerPrincipal], roles, groups: {}, attributes: {} };
}

export function contextOf(changes: Partial<MappingContext> = {}): MappingContext {
  return { signal: new AbortController().signal, dryRun: false, ...changes };
}

/** `roles`: what applications give, by application and user. */
export function mappingServices(
  parts: Parameters<typeof pluginServices>[0] = {},
  roles: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {},
): MappingServices {
  const table = new Map(Object.entries(roles).map(([name, users]) => [name, new Map(Object.entries(users))]));
  return { ...pluginServices(parts), applicationRoles: (application, user) => table.get(application)?.get(user) };
}

/** One step as the engine takes it. @throws what the mapper threw */
export async function applyOne(mapper: Mapper, subject: Subject, context: MappingContext): Promise<Subject> {
  let thrown: unknown;
  const result = await applyMappers(subject, {
    mappers: [{ code: 'one', mapper }],
    context,
    limit: (work) =>
      work(context.signal).catch((error: unknown) => {
        thrown = error;
        throw error;
      }),
  });
  if (result.status === 'fault') throw thrown;
  return result.subject;
}
