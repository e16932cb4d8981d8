/** @module The part of the schema about who may sign in: security realms, security domains, audit. */
import { z } from 'zod';
import { auditFailurePolicies } from '../spi/audit-policy.ts';
import { controlFlags } from '../spi/login-module.ts';
import { cacheFields } from './auth-cache.ts';
import { maxEntries, name, path, seconds, text } from './schema-fields.ts';
import { authorizationSchema, mappingSchema } from './schema-mapping.ts';
import { jaspiSchema } from './schema-mechanisms.ts';

/** Longer than any login may take; a person has left by then. */
export const maxDeadlineMs = 60_000;
/** Each is asked at every login. */
const maxModules = 32;

const options = () => z.record(text().max(128), z.unknown());

export const deadlineMs = () => z.int().min(10).max(maxDeadlineMs);

const realmSchema = z.strictObject({
  authentication: z
    .array(
      z.strictObject({
        properties: z
          .strictObject({
            path: path().describe(
              'The file of users, relative to the configuration folder: `user=HEX(MD5(user:realm:password))` as JBoss writes it.',
            ),
            'plain-text': z
              .boolean()
              .default(false)
              .describe('The file holds passwords as they are instead of hashes.'),
          })
          .describe('Users in a properties file. It is read again when it changes.'),
      }),
    )
    .min(1)
    .max(1, 'must have one entry: a realm has one source of names and passwords')
    .describe('Where names and passwords are checked.'),
  authorization: z
    .strictObject({
      properties: z
        .strictObject({
          path: path().describe('The file of groups, relative to the configuration folder: `user=group1,group2`.'),
        })
        .optional()
        .describe('Groups in a properties file.'),
      'map-groups-to-roles': z.boolean().default(true).describe('Each group gives a role of the same name.'),
    })
    .optional()
    .describe('Where groups come from. Without it nobody has groups or roles from this realm.'),
});

const loginModuleSchema = z.strictObject({
  code: text()
    .max(256)
    .describe(
      "The module: JBoss's short code in any case, or its old class name; `./file.ts` or an npm package for one of your own.",
    ),
  flag: z
    .enum(controlFlags)
    .describe('What its answer means for the stack, exactly as in JAAS: required, requisite, sufficient, optional.'),
  name: name().optional().describe('What traces and metrics call it; the code where it is left out.'),
  'deadline-ms': deadlineMs()
    .optional()
    .describe('How long this module may take, in milliseconds; `login.module-deadline-ms` where it is left out.'),
  'module-options': options()
    .optional()
    .describe("The module's own options, under JBoss's names. An unknown one is refused."),
});

export const auditListSchema = () =>
  z
    .array(
      z.strictObject({
        code: text()
          .max(256)
          .describe(
            'The audit provider: File, Syslog, Redis, Log, or its old class name; `./file.ts` or an npm package for one of your own.',
          ),
        'on-failure': z
          .enum(auditFailurePolicies)
          .default('refuse')
          .describe(
            'When a record cannot be written: `refuse` what it tells of, logins among it, or `continue` without it. The log and the metrics say so in both cases.',
          ),
        'deadline-ms': deadlineMs()
          .default(5000)
          .describe('How long a record may take, in milliseconds. After it, the record could not be written.'),
        options: options().optional().describe("The provider's own options. An unknown one is refused."),
      }),
    )
    .max(maxModules);

/** A day: whoever is locked out longer needs a person, not a timer. */
const maxLockSeconds = 86_400;

const lockOutSchema = z.strictObject({
  attempts: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Refused logins for one name from one address that lock this name for this address.'),
  'per-address-attempts': z
    .int()
    .min(1)
    .max(100_000)
    .default(50)
    .describe('Refused logins from one address, whatever the names, that lock this address for every name.'),
  'window-seconds': seconds(1, maxLockSeconds)
    .default(300)
    .describe('Refused logins are forgotten so long after the first of them.'),
  'lock-seconds': seconds(1, maxLockSeconds)
    .default(300)
    .describe('How long a lock holds. Attempts during it do not make it longer.'),
});

const stackSchema = z.array(loginModuleSchema).min(1).max(maxModules);

const domainSchema = z.strictObject({
  authentication: stackSchema.optional().describe('The login modules, asked in this order.'),
  'authentication-jaspi': jaspiSchema(stackSchema)
    .optional()
    .describe(
      'In place of `authentication`: mechanisms under control flags, each with the stack of login modules that decides about what it reads.',
    ),
  'lock-out': lockOutSchema
    .optional()
    .describe(
      'Who guesses too often is refused for a while without asking the modules. Without it anybody may guess. `{}` takes the defaults.',
    ),
  mapping: mappingSchema()
    .optional()
    .describe('What is made of roles, name and attributes after the login modules have agreed, step by step.'),
  authorization: authorizationSchema()
    .optional()
    .describe(
      "The authorization modules, asked about each request that the application's constraints permit; `Delegating` where it is left out.",
    ),
  ...cacheFields,
  audit: auditListSchema()
    .optional()
    .describe('Where decisions of this domain are recorded; the `audit` of the server where it is left out.'),
});

const named = <S extends z.ZodType>(schema: S) =>
  z
    .record(name(), schema)
    .refine((all) => Object.keys(all).length <= maxEntries, `must have at most ${maxEntries} entries`);

export const realmsSchema = named(realmSchema.describe('A source of identities: users, and the groups they are in.'))
  .default({})
  .describe('Security realms by name.');

export const domainsSchema = named(domainSchema.describe('A stack of login modules that decides one kind of login.'))
  .default({})
  .describe('Security domains by name.');
