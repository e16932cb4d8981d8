/** @module Every secret that the suites use, and whatever the servers of the suites wrote: at the end of a run no file may hold one. */

import { randomUUID } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { auditRecordSchema } from '../../src/wire/audit/record-schema.ts';

export interface UsedSecret {
  /** What it is, for whoever reads that it was found. */
  readonly name: string;
  readonly value: string;
}

export interface Leak {
  readonly file: string;
  /** The name of the secret; the secret itself is not printed again. */
  readonly secret: string;
}

/** Shorter ones are words that may stand anywhere. */
const leastCharacters = 8;
const variable = 'GATEHOUSE_TEST_RUN';
const secretsFile = 'secrets.jsonl';
const writtenFolder = 'written';

/** Nothing outside a run, where nobody would look. */
export function noteSecret(name: string, value: string): void {
  const folder = process.env[variable];
  if (folder === undefined || value.length < leastCharacters) return;
  appendFileSync(join(folder, secretsFile), `${JSON.stringify({ name, value } satisfies UsedSecret)}\n`);
}

/** Keeps the logs of a home folder that is about to be removed, and notes its keys. */
export function keepWritten(home: string): void {
  const folder = process.env[variable];
  if (folder === undefined || !existsSync(folder)) return;
  for (const root of [home, join(home, 'var')]) {
    noteKeys(join(root, 'data', 'keys'));
    noteKeys(join(root, 'data', 'keys', 'ring'));
    const log = join(root, 'log');
    if (existsSync(log)) cpSync(log, join(folder, writtenFolder, randomUUID()), { recursive: true });
  }
}

/** What a process wrote to its outputs. */
export function keepOutput(name: string, text: string): void {
  const folder = process.env[variable];
  if (folder === undefined || !existsSync(folder)) return;
  mkdirSync(join(folder, writtenFolder), { recursive: true });
  appendFileSync(join(folder, writtenFolder, `${name}-${randomUUID()}`), text);
}

/** Of a PEM file the first line of the key itself, which no other key has in common; of others the whole. */
function noteKeys(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.key'))) {
    const text = readFileSync(join(folder, name), 'latin1').trim();
    const [begin = '', , second = ''] = text.split('\n');
    noteSecret(`the key ${name}`, begin.startsWith('-----') ? second : text);
  }
}

export function usedSecrets(folder: string): readonly UsedSecret[] {
  const file = join(folder, secretsFile);
  if (!existsSync(file)) return [];
  const lines = new Set(readFileSync(file, 'utf8').split('\n').slice(0, -1));
  return [...lines].map((line): UsedSecret => JSON.parse(line));
}

/** As it is, and as JSON, URLs and base64 would carry it. */
function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('hex'),
  ];
}

/** Every file below the folder of what was written, against every secret. */
export function findLeaks(folder: string): readonly Leak[] {
  const root = join(folder, writtenFolder);
  if (!existsSync(root)) return [];
  const secrets = usedSecrets(folder).map(({ name, value }) => ({ name, forms: [...new Set(formsOf(value))] }));
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(join(root, file)).isFile())
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      return secrets
        .filter(({ forms }) => forms.some((form) => text.includes(form)))
        .map(({ name }) => ({ file, secret: name }));
    });
}

/** @throws with every file and the name of what it holds */
export function refuseLeaks(folder: string): void {
  const leaks = findLeaks(folder);
  if (leaks.length === 0) return;
  const lines = leaks.slice(0, 50).map(({ file, secret }) => `  ${file}: ${secret}`);
  throw new Error(`secrets stand in what the suites wrote:\n${lines.join('\n')}`);
}

/** @throws when a record that a server of the suites wrote is not what `docs/audit-record.schema.json` says */
export function refuseStrangeRecords(folder: string): void {
  const root = join(folder, writtenFolder);
  if (!existsSync(root)) return;
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!/^[^/]+\/audit\.jsonl$/.test(file)) continue;
    for (const [index, line] of readFileSync(join(root, file), 'utf8').split('\n').slice(0, -1).entries()) {
      const parsed = auditRecordSchema.safeParse(JSON.parse(line));
      if (!parsed.success)
        throw new Error(`${file}:${index + 1} is no audit record: ${z.prettifyError(parsed.error)}\n${line}`);
    }
  }
}
