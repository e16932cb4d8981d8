/** @module What every mapping module does, whatever it maps. A custom module runs it with a harness of its own. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mapperNames } from '../../src/catalog-names.ts';
import { isUnavailable } from '../../src/spi/errors.ts';
import type { Mapper, MapperFactory, MappingContext, MappingServices } from '../../src/spi/mapping.ts';
import { mappingTypes } from '../../src/spi/mapping.ts';
import type { Subject } from '../../src/spi/subject.ts';
import { applyOne, contextOf, subjectNamed } from '../support/mapping.ts';
import { hostileNames } from '../support/plugin-evidence.ts';

export interface MapperHarness {
  readonly factory: MapperFactory;
  readonly options: Readonly<Record<string, unknown>>;
  services(): MappingServices | Promise<MappingServices>;
  /** A subject that it changes, and what then differs. */
  readonly mapped: {
    readonly subject: Subject;
    readonly context?: Partial<MappingContext>;
    readonly to: Partial<Subject>;
  };
  /** For a module whose options have names of the operator's choice. */
  readonly anyOption?: true;
  /** For a module that asks a store: what it does when it is told to stop. */
  readonly asks?: true;
}

export function mapperConformance({ factory, options, services, mapped, anyOption, asks }: MapperHarness): void {
  describe.each(factory.types)(`${factory.code} as a mapper of the type %s`, (type) => {
    let mapper: Mapper;
    beforeEach(async () => {
      mapper = await factory.create(type, options, await services());
    });
    afterEach(() => mapper.close?.());

    it('is of the type that it was asked for', () => expect(mapper.type).toBe(type));

    it('maps what it should, and nothing else of the subject', async () => {
      const after = await applyOne(mapper, mapped.subject, contextOf(mapped.context));
      expect(after).toEqual({ ...mapped.subject, ...mapped.to });
    });

    it('maps alike in a dry run, and afterwards', async () => {
      const dry = await applyOne(mapper, mapped.subject, contextOf({ ...mapped.context, dryRun: true }));
      expect(await applyOne(mapper, mapped.subject, contextOf(mapped.context))).toEqual(dry);
    });

    it.each(hostileNames)('gives nothing to %s', async (_, name) => {
      const subject = subjectNamed(name, ['kept']);
      expect(await applyOne(mapper, subject, contextOf())).toEqual(subject);
    });

    it('can be closed twice', async () => {
      await mapper.close?.();
      await expect(Promise.resolve(mapper.close?.())).resolves.toBeUndefined();
    });

    if (asks === true) {
      it('stops with a fault when it is told to stop', async () => {
        const context = contextOf({ ...mapped.context, signal: AbortSignal.abort() });
        const fault = await applyOne(mapper, mapped.subject, context).catch((error: unknown) => error);
        expect(isUnavailable(fault)).toBe(true);
      });
    }
  });

  describe(factory.code, () => {
    if (anyOption !== true) {
      it('refuses an option that it does not have', () => {
        expect(factory.options.safeParse({ ...options, 'no-such-option': 'x' }).success).toBe(false);
      });
    }

    it('describes each of its options', () => {
      const schema = z.toJSONSchema(factory.options, { io: 'input' });
      const undescribed = Object.entries(schema.properties ?? {}).filter(
        ([, option]) => typeof option === 'boolean' || option.description === undefined,
      );
      expect(undescribed.map(([name]) => name)).toEqual([]);
    });

    it('has types that there are, and a class name of JBoss', () => {
      expect(factory.types.every((type) => mappingTypes.includes(type))).toBe(true);
      expect(mapperNames[factory.code]?.join()).toMatch(/^org\.jboss\.security\.mapping\.providers\./);
    });
  });
}
