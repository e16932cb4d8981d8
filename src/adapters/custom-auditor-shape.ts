/** @module What an audit provider from outside must look like: no compiler has checked it, so the house does. */
import { z } from 'zod';
import type { AuditProvider, AuditProviderFactory } from '../spi/audit.ts';
import { GatehouseError } from '../spi/errors.ts';
import { type FactoryReading, factoryFields, isFunction, readExport } from './custom-factory.ts';

const factorySchema = z.object({
  ...factoryFields,
  secretOptions: z.array(z.string()),
  create: z.custom<AuditProviderFactory['create']>(isFunction, 'must be a function'),
});

const providerSchema = z.looseObject({
  record: z.custom(isFunction, 'must be a function'),
  close: z.custom(isFunction, 'must be a function'),
});

/** The factory that a module exports, by default or as `auditProvider`. */
export function readAuditorFactory(exported: Readonly<Record<string, unknown>>): FactoryReading<AuditProviderFactory> {
  const read = readExport(exported, {
    schema: factorySchema,
    name: 'auditProvider',
    none: 'no audit provider',
    madeBy: 'defineAuditProvider',
  });
  return 'problem' in read ? read : { factory: guarded(read.factory) };
}

function guarded(factory: AuditProviderFactory): AuditProviderFactory {
  return {
    ...factory,
    async create(options, services) {
      const made: AuditProvider = await factory.create(options, services);
      if (!providerSchema.safeParse(made).success) {
        throw new GatehouseError('ERR_CONFIG_INVALID', 'a custom audit provider has no functions record and close', {
          facts: { code: factory.code },
        });
      }
      return {
        record: (event, signal) => named(factory.code, async () => made.record(event, signal)),
        close: async () => made.close(),
      };
    },
  };
}

/** Total on purpose: whatever it throws, the record is not there, and `on-failure` says what follows. */
async function named(code: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (cause instanceof GatehouseError && cause.code === 'ERR_AUDIT_UNAVAILABLE') throw cause;
    const reason = cause instanceof Error ? cause.name : typeof cause;
    throw new GatehouseError('ERR_AUDIT_UNAVAILABLE', 'a custom audit provider failed', {
      cause,
      facts: { code, reason },
    });
  }
}
