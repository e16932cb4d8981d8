/** @module What mapping and authorization modules from outside must look like: no compiler has checked them, so the house does. */
import { z } from 'zod';
import type { AuthorizationModule, AuthorizationModuleFactory } from '../spi/authorization.ts';
import { GatehouseError } from '../spi/errors.ts';
import { type Mapper, type MapperFactory, mappingTypes } from '../spi/mapping.ts';
import { type FactoryReading, factoryFields, isFunction, readExport } from './custom-factory.ts';

const authorizationFactory = z.object({
  ...factoryFields,
  create: z.custom<AuthorizationModuleFactory['create']>(isFunction, 'must be a function'),
});

const mapperFactory = z.object({
  ...factoryFields,
  types: z.array(z.enum(mappingTypes)).min(1),
  perApplication: z.boolean(),
  create: z.custom<MapperFactory['create']>(isFunction, 'must be a function'),
});

const decision = z.looseObject({ decision: z.enum(['permit', 'deny', 'abstain']), reason: z.string() });
const principal = z.looseObject({ name: z.string().min(1), type: z.enum(['user', 'x500', 'kerberos']) });
const answers = {
  role: z.array(z.string()),
  principal,
  credential: principal.optional(),
  attribute: z.record(z.string(), z.array(z.string())),
} as const;

/** The factory of an authorization module, exported by default or as `authorizationModule`. */
export function readAuthorizationFactory(
  exported: Readonly<Record<string, unknown>>,
): FactoryReading<AuthorizationModuleFactory> {
  const read = readExport(exported, {
    schema: authorizationFactory,
    name: 'authorizationModule',
    none: 'no authorization module',
    madeBy: 'defineAuthorizationModule',
  });
  if ('problem' in read) return read;
  const { factory } = read;
  return {
    factory: {
      ...factory,
      async create(options, services) {
        const made: AuthorizationModule = await factory.create(options, services);
        refuseWithout(made.authorize, 'authorize', factory.code, services.domain);
        return {
          async authorize(request, context) {
            const answer = await made.authorize(request, context);
            if (!decision.safeParse(answer).success) {
              throw new TypeError(`${factory.code} answered what is no AuthorizationDecision`);
            }
            return answer;
          },
          close: async () => made.close?.(),
        };
      },
    },
  };
}

/** The factory of a mapping module, exported by default or as `mapper`. */
export function readMapperFactory(exported: Readonly<Record<string, unknown>>): FactoryReading<MapperFactory> {
  const read = readExport(exported, {
    schema: mapperFactory,
    name: 'mapper',
    none: 'no mapping module',
    madeBy: 'defineRoleMapper and its like',
  });
  if ('problem' in read) return read;
  const { factory } = read;
  return {
    factory: {
      ...factory,
      async create(type, options, services) {
        const made = await factory.create(type, options, services);
        refuseWithout(made.map, 'map', factory.code, services.domain);
        return guardedMapper(made, factory.code);
      },
    },
  };
}

function refuseWithout(method: unknown, name: string, code: string, domain: string): void {
  if (isFunction(method)) return;
  throw new GatehouseError('ERR_CONFIG_INVALID', `a custom module has no function ${name}`, {
    facts: { code, domain },
  });
}

/** An answer of another shape is a bug of the mapper: the engine refuses the login and says whose it is. */
function guardedMapper(made: Mapper, code: string): Mapper {
  const close = async () => made.close?.();
  const checked = <T>(answer: T): T => {
    if (answers[made.type].safeParse(answer).success) return answer;
    throw new TypeError(`${code} mapped to what is no ${made.type}`);
  };
  switch (made.type) {
    case 'role':
      return { type: made.type, close, map: async (...given) => checked(await made.map(...given)) };
    case 'principal':
      return { type: made.type, close, map: async (...given) => checked(await made.map(...given)) };
    case 'credential':
      return { type: made.type, close, map: async (...given) => checked(await made.map(...given)) };
    case 'attribute':
      return { type: made.type, close, map: async (...given) => checked(await made.map(...given)) };
    default:
      return made satisfies never;
  }
}
