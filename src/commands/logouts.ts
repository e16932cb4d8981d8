/** @module `gatehouse logouts`: what became of each participant of a logout, read from the ledger of a home. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openExistingHome } from '../adapters/home-folder.ts';
import { readLogoutFiles } from '../adapters/logout-files.ts';
import { isConfirmed, type LogoutRecord } from '../spi/logout-ledger.ts';
import { printable } from '../spi/printable.ts';
import type { Command, ExitCode } from './command.ts';

const idPattern = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const defaultLimit = 20;
const folder = 'data/logouts';

const help = `Usage: gatehouse logouts list [--limit <n>] [--user <name>] [--home <folder>] [--json]
       gatehouse logouts show <id> [--home <folder>] [--json]

list   the logouts of the last 30 days, newest first: who, when, why, and how many applications confirmed
show   one logout: what became of each application, how often it was told, and the last word about it

  --limit <n>       list so many; default ${defaultLimit}
  --user <name>     only of this principal, in any case
  --home <folder>   default ./var
  --json            the records as they are kept

The server need not run. docs/operations.md explains the outcomes.
`;

export const logouts: Command = {
  summary: 'what became of each application at a logout',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        home: { type: 'string' },
        json: { type: 'boolean' },
        limit: { type: 'string' },
        user: { type: 'string' },
      },
    });
    const [action, id, ...more] = positionals;
    const limit = Number(values.limit ?? defaultLimit);
    if (more.length > 0 || !Number.isInteger(limit) || limit < 1) return misused();
    const home = await openExistingHome(resolve(values.home ?? 'var'));
    const records = readLogoutFiles(home.resolve(folder));
    if (action === 'list' && id === undefined)
      return list(records, { limit, user: values.user, json: values.json === true });
    if (action === 'show' && id !== undefined && idPattern.test(id.toUpperCase())) {
      return show(records, id.toUpperCase(), values.json === true);
    }
    return misused();
  },
};

function misused(): ExitCode {
  process.stderr.write(`gatehouse logouts: say list, or show and the id of a logout.\n\n${help}`);
  return 2;
}

async function list(
  records: AsyncIterable<LogoutRecord>,
  { limit, user, json }: { readonly limit: number; readonly user: string | undefined; readonly json: boolean },
): Promise<ExitCode> {
  const found: LogoutRecord[] = [];
  for await (const record of records) {
    if (user !== undefined && record.principal.toLowerCase() !== user.toLowerCase()) continue;
    found.push(record);
    if (found.length === limit) break;
  }
  process.stdout.write(json ? `${JSON.stringify(found)}\n` : found.map(lineOf).join(''));
  return 0;
}

function lineOf(record: LogoutRecord): string {
  const { participants } = record;
  const count = `${participants.filter(isConfirmed).length}/${participants.length} confirmed`;
  const pending = participants.some(({ outcome }) => outcome === 'pending') ? ', under way' : '';
  const when = new Date(record.beganAt).toISOString();
  return `${record.id}  ${when}  ${printable(record.principal)}  ${record.cause}  ${count}${pending}\n`;
}

async function show(records: AsyncIterable<LogoutRecord>, id: string, json: boolean): Promise<ExitCode> {
  for await (const record of records) {
    if (record.id !== id) continue;
    process.stdout.write(json ? `${JSON.stringify(record, undefined, 2)}\n` : inWords(record));
    return 0;
  }
  process.stderr.write(`gatehouse logouts: no logout ${id} in the ledger of this home.\n`);
  return 1;
}

function inWords(record: LogoutRecord): string {
  const rows = record.participants.map(({ title, outcome, channel, attempts, detail, at }) => {
    const told = channel === 'none' ? 'not told' : `${channel === 'back' ? 'SOAP' : 'browser'}, ${attempts}×`;
    const when = at === undefined ? '' : `  ${new Date(at).toISOString()}`;
    return `  ${printable(title).padEnd(30)} ${outcome.padEnd(16)} ${told}${when}${detail === undefined ? '' : `  ${printable(detail)}`}\n`;
  });
  return [
    `Logout ${record.id} of ${printable(record.principal)} (${printable(record.domain)}), ${record.cause}\n`,
    `Began ${new Date(record.beganAt).toISOString()}; given up ${new Date(record.giveUpAt).toISOString()}\n`,
    `Session begun by the login ${record.decision} (gatehouse explain)\n\n`,
    ...(rows.length === 0 ? ['  no application took part\n'] : rows),
  ].join('');
}
