/** @module The part of the schema about where secrets come from: the vault's key, and programs that are asked. */
import { z } from 'zod';
import { maxEntries, name, path, text } from './schema-fields.ts';

/** A program that asks a person, or a store on another continent; a start does not wait longer. */
const maxTimeoutMs = 60_000;
const maxArguments = 100;

const timeoutMs = () =>
  z.int().min(10).max(maxTimeoutMs).default(5000).describe('How long the program may take, in milliseconds.');

const argv = () =>
  z
    .array(text())
    .min(1)
    .max(maxArguments)
    .describe(
      'The program and its arguments, run as they stand, without a shell. The first line that it prints counts.',
    );

const keySchema = z
  .strictObject({
    file: path()
      .optional()
      .describe('A file that only its owner may read (mode 0600). `data/keys/vault.key` where nothing is set.'),
    environment: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')
      .optional()
      .describe('An environment variable.'),
    command: argv().optional(),
    'timeout-ms': timeoutMs(),
  })
  .refine(
    (key) => [key.file, key.environment, key.command].filter((one) => one !== undefined).length === 1,
    'must have exactly one of file, environment and command',
  );

export const vaultSchema = z
  .strictObject({ key: keySchema.describe('Where the key is: 32 random bytes in base64 (`openssl rand -base64 32`).') })
  .describe(
    'The vault, which `gatehouse vault` keeps. Its key is in `data/keys/vault.key` where nothing else is said.',
  );

export const secretCommandsSchema = z
  .record(
    name(),
    z.strictObject({ run: argv(), 'timeout-ms': timeoutMs() }).describe('A program that prints a secret.'),
  )
  .refine((all) => Object.keys(all).length <= maxEntries, `must have at most ${maxEntries} entries`)
  .default({})
  .describe(`Programs that print a secret, by the name that \`\${command:name}\` has. Each is run once, at the start.`);
