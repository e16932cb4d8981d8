/** @module The part of the schema about what follows a login: mapping of names and roles, and authorization modules. */
import { z } from 'zod';
import { controlFlags } from '../spi/login-module.ts';
import { mappingTypes } from '../spi/mapping.ts';
import { maxEntries, text } from './schema-fields.ts';

/** Each is asked at every login, or at every request. */
const maxModules = 32;

const options = () =>
  z
    .record(text().max(128), z.unknown())
    .optional()
    .describe("The module's own options, under JBoss's names. An unknown one is refused.");

export const mappingSchema = () =>
  z
    .array(
      z.strictObject({
        code: text()
          .max(256)
          .describe(
            "The mapping module: JBoss's short code in any case, or its old class name; `./file.ts` or an npm package for one of your own.",
          ),
        type: z
          .enum(mappingTypes)
          .default('role')
          .describe('What it maps: role, principal, credential, attribute. Types run in this order.'),
        'module-options': options(),
      }),
    )
    .max(maxModules);

export const authorizationSchema = () =>
  z
    .array(
      z.strictObject({
        code: text()
          .max(256)
          .describe(
            "The authorization module: JBoss's short code in any case, or its old class name; `./file.ts` or an npm package for one of your own.",
          ),
        flag: z
          .enum(controlFlags)
          .default('required')
          .describe('What its answer means for the list, as in JAAS: PERMIT is a success, DENY a failure.'),
        'module-options': options(),
      }),
    )
    .min(1)
    .max(maxModules);

export const roleMappingSchema = () =>
  z
    .record(text().max(256), z.array(text().max(256)).max(maxEntries))
    .refine((all) => Object.keys(all).length <= maxEntries, `must have at most ${maxEntries} entries`)
    .optional()
    .describe(
      'Users and the roles that they have in this application, in place of all others, where the domain maps with `DeploymentRoles`.',
    );
