/** @module The part of the schema about HTTP mechanisms: lists of them, and the mechanism stack of a security domain. */
import { z } from 'zod';
import { controlFlags } from '../spi/login-module.ts';
import { name, text } from './schema-fields.ts';

/** Each is asked at every request. */
const maxMechanisms = 8;
/** Each is built, with connections of its own, at every start. */
const maxStacks = 32;

const mechanismSchema = z.union([
  text().max(64),
  z
    .looseObject({ name: text().max(64).describe('The mechanism.') })
    .describe("A mechanism with options of its own: `{ name: BASIC, realm-name: 'The Realm' }`."),
]);

export const mechanismListSchema = () =>
  z
    .array(mechanismSchema)
    .min(1)
    .max(maxMechanisms)
    .describe(
      'How a person may show who he is, in the order in which it is asked: SPNEGO, FORM, BASIC, CLIENT-CERT, each alone or with options. Left out, the `authentication-jaspi` of the domain says it.',
    );

const authModuleSchema = z.strictObject({
  code: text()
    .max(256)
    .describe(
      "The mechanism, or the class name of JBoss's server auth module for it. `HTTPSchemeServerAuthModule`: the mechanisms that the application lists.",
    ),
  flag: z
    .enum(controlFlags)
    .default('required')
    .describe('What it means for the others when its evidence is accepted or refused, as for login modules.'),
  name: name().optional().describe('What JBoss calls the entry; without effect.'),
  'login-module-stack-ref': name()
    .optional()
    .describe('Which stack decides about its evidence; may be left out where there is only one.'),
  'module-options': z
    .record(text().max(128), z.unknown())
    .optional()
    .describe("The mechanism's own options. An unknown one is refused."),
});

/** @param stack the schema of a list of login modules */
export const jaspiSchema = <S extends z.ZodType>(stack: S) =>
  z.strictObject({
    'login-module-stacks': z
      .record(name(), stack)
      .refine((stacks) => Object.keys(stacks).length > 0, 'must have at least one entry')
      .refine((stacks) => Object.keys(stacks).length <= maxStacks, `must have at most ${maxStacks} entries`)
      .describe('Stacks of login modules by name.'),
    'auth-modules': z
      .array(authModuleSchema)
      .min(1)
      .max(maxMechanisms)
      .describe('The mechanisms, asked in this order.'),
  });
