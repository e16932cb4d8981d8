/** @module What a login module from outside must look like: no compiler has checked it, so the house does. */
import { z } from 'zod';
import { GatehouseError } from '../spi/errors.ts';
import {
  controlFlags,
  failureReasons,
  type LoginModule,
  type LoginModuleFactory,
  type ModuleOutcome,
} from '../spi/login-module.ts';
import { type FactoryReading, factoryFields, isFunction, readExport } from './custom-factory.ts';

const factorySchema = z.object({
  ...factoryFields,
  flags: z.array(z.enum(controlFlags)).exactOptional(),
  create: z.custom<LoginModuleFactory['create']>(isFunction, 'must be a function'),
});

const moduleSchema = z.looseObject({ login: z.custom(isFunction, 'must be a function') });

const texts = z.array(z.string());
const table = z.record(z.string(), texts);
const principal = z.looseObject({ name: z.string().min(1), type: z.string() });
const challenge = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('token'), token: z.instanceof(Uint8Array) }),
  z.looseObject({ kind: z.literal('one-time-code') }),
]);
const outcomeSchema = z.discriminatedUnion('status', [
  z.looseObject({
    status: z.literal('succeeded'),
    note: z.string().optional(),
    contribution: z.looseObject({
      identity: principal.optional(),
      callerPrincipal: principal.optional(),
      loginName: z.string().optional(),
      roles: texts.optional(),
      removedRoles: texts.optional(),
      groups: table.optional(),
      attributes: table.optional(),
      certificate: z.instanceof(Uint8Array).optional(),
      reply: z.instanceof(Uint8Array).optional(),
    }),
  }),
  z.looseObject({ status: z.literal('ignored'), note: z.string() }),
  z.looseObject({ status: z.literal('failed'), reason: z.enum(failureReasons), note: z.string().optional() }),
  z.looseObject({ status: z.literal('challenge'), challenge }),
]);

/** The factory that a module exports, by default or as `loginModule`; what it makes is checked when it is made and used. */
export function readFactory(exported: Readonly<Record<string, unknown>>): FactoryReading<LoginModuleFactory> {
  const read = readExport(exported, {
    schema: factorySchema,
    name: 'loginModule',
    none: 'no login module',
    madeBy: 'defineLoginModule',
  });
  return 'problem' in read ? read : { factory: guarded(read.factory) };
}

function guarded(factory: LoginModuleFactory): LoginModuleFactory {
  return {
    ...factory,
    async create(options, services) {
      const made: LoginModule = await factory.create(options, services);
      if (!moduleSchema.safeParse(made).success) {
        throw new GatehouseError('ERR_CONFIG_INVALID', 'a custom login module has no function login', {
          facts: { code: factory.code, domain: services.domain },
        });
      }
      return guardedModule(made, factory.code);
    },
  };
}

/** An answer of another shape is a bug of the module: the engine refuses the login and says whose it is. */
function guardedModule(module: LoginModule, code: string): LoginModule {
  const { abort, close, logout, neverCached, oneTimeCodes, passwordReport, readEvidence } = module;
  return {
    async login(context) {
      const outcome: ModuleOutcome = await module.login(context);
      if (!outcomeSchema.safeParse(outcome).success) throw new TypeError(`${code} answered what is no ModuleOutcome`);
      return outcome;
    },
    ...(abort === undefined ? {} : { abort: (context) => abort.call(module, context) }),
    ...(oneTimeCodes === undefined ? {} : { oneTimeCodes }),
    ...(readEvidence === undefined
      ? {}
      : { readEvidence: (evidence, request, signal) => readEvidence.call(module, evidence, request, signal) }),
    ...(close === undefined ? {} : { close: () => close.call(module) }),
    ...(logout === undefined ? {} : { logout: (context) => logout.call(module, context) }),
    // Whatever is not false: a module that means to forbid is not to be misread.
    neverCached: neverCached !== undefined && neverCached !== false,
    ...(passwordReport === undefined ? {} : { passwordReport: (signal) => passwordReport.call(module, signal) }),
  };
}
