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

/** It stands in traces, metrics and audit records, like JBoss's codes. */
const codePattern = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

const isFunction = (value: unknown) => typeof value === 'function';

const factorySchema = z.object({
  code: z.string().regex(codePattern, 'must begin with a letter and have up to 64 letters, digits, dots, hyphens'),
  aliases: z.array(z.string()),
  flags: z.array(z.enum(controlFlags)).exactOptional(),
  summary: z.string(),
  options: z.custom<LoginModuleFactory['options']>(
    (value) => typeof value === 'object' && value !== null && '_zod' in value,
    'must be a schema made with z of gatehouse/spi',
  ),
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
      reply: z.instanceof(Uint8Array).optional(),
    }),
  }),
  z.looseObject({ status: z.literal('ignored'), note: z.string() }),
  z.looseObject({ status: z.literal('failed'), reason: z.enum(failureReasons), note: z.string().optional() }),
  z.looseObject({ status: z.literal('challenge'), challenge }),
]);

export type FactoryReading = { readonly factory: LoginModuleFactory } | { readonly problem: string };

/** The factory that a module exports, by default or as `loginModule`; what it makes is checked when it is made and used. */
export function readFactory(exported: Readonly<Record<string, unknown>>): FactoryReading {
  const found = exported['default'] ?? exported['loginModule'];
  if (found === undefined) return { problem: 'exports no login module, neither by default nor as loginModule' };
  const parsed = factorySchema.safeParse(found);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? 'it' : issue.path.join('.');
    return { problem: `exports what defineLoginModule did not make: ${where}: ${issue?.message ?? 'not valid'}` };
  }
  return { factory: guarded(parsed.data) };
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
