/** @module `gatehouse audit verify`. Changes nothing, not even a home that is not there. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chainNames, type VerifiedChain, verifyChain, verifyFiles } from '../../adapters/audit/verify.ts';
import { isSystemError } from '../../adapters/system-error.ts';
import { auditKeyPath, checkpointFolder as checkpoints } from '../../server/audit-services.ts';
import { readKeyFile } from '../../server/key-file.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { printable } from '../../spi/printable.ts';
import type { ChainKey } from '../../wire/audit/chain.ts';
import type { ChainFinding } from '../../wire/audit/chain-walk.ts';
import type { ExitCode } from '../command.ts';

/** More than a person reads; the rest is counted. */
const maxPrinted = 50;

export async function verify(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseArgs({
    args: [...args],
    options: { home: { type: 'string' }, file: { type: 'string', multiple: true }, json: { type: 'boolean' } },
  });
  const home = resolve(values.home ?? 'var');
  const key = await readKey(home);
  const chains = values.file === undefined ? await verifyHome(home, key) : [await verifyFiles(values.file, key)];
  const whole = chains.every(({ findings }) => findings.length === 0);
  const text = values.json === true ? `${JSON.stringify({ whole, chains }, undefined, 2)}\n` : printed(chains, home);
  process.stdout.write(text);
  return whole ? 0 : 1;
}

async function verifyHome(home: string, key: ChainKey): Promise<readonly VerifiedChain[]> {
  const places = { logFolder: join(home, 'log'), checkpointFolder: join(home, checkpoints), key };
  const names = await chainNames(places);
  return Promise.all(names.map((name) => verifyChain(name, places)));
}

/** @throws ERR_STORE_UNAVAILABLE */
function readKey(home: string): Promise<ChainKey> {
  const path = join(home, auditKeyPath);
  const readText = async () => {
    try {
      return await readFile(path, 'utf8');
    } catch (cause) {
      if (!isSystemError(cause)) throw cause;
      const facts = { path, reason: cause.code };
      throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the key of the audit chain cannot be read', { cause, facts });
    }
  };
  return readKeyFile({ readText }, path);
}

function printed(chains: readonly VerifiedChain[], home: string): string {
  if (chains.length === 0) return `No audit file of ${home} has a chain.\n`;
  return chains.map(printedChain).join('\n');
}

function printedChain(chain: VerifiedChain): string {
  const { name, files, records, from, to, findings, notes, hasCheckpoint } = chain;
  const more = chain.more + Math.max(0, findings.length - maxPrinted);
  const range = from === undefined ? '' : `, ${from} to ${to}`;
  const verdict = findings.length === 0 ? 'whole' : 'NOT WHOLE';
  const open = hasCheckpoint || findings.length > 0 ? '' : ', as far as these files can tell';
  return [
    `${printable(name)}: ${verdict}${open} (${counted(records, 'record')}${range}, ${counted(files.length, 'file')})`,
    ...findings.slice(0, maxPrinted).map(printedFinding),
    ...(more === 0 ? [] : [`  … and ${more} more`]),
    ...notes.map((note) => `${printedFinding(note)} (no fault of the log)`),
    '',
  ].join('\n');
}

/** No file where nothing is left of one. */
function printedFinding({ file, line, problem }: ChainFinding): string {
  const place = file === '' ? '' : `${printable(file)}${line === 0 ? '' : `:${line}`}  `;
  return `  ${place}${problem}`;
}

function counted(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
