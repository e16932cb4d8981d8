/** @module `gatehouse users report`: how the passwords of all users are kept, counted by scheme. */
import { parseArgs } from 'node:util';
import { openHome } from '../adapters/home-folder.ts';
import type { UsersReport } from '../server/users-report.ts';
import type { Command } from './command.ts';
import { loadFromHome, toStandardError } from './load-configuration.ts';

const help = `Usage: gatehouse users report [--home <folder>] [--json]

Counts the users of every store that can be listed by the way in which their passwords are kept: the files of
realms and login modules, the options of SimpleUsers, and datasources with a passwords-query. Shows what is left to
be replaced by Argon2id.

  --home <folder>   default ./var
  --json            the same as one JSON object

Ends with 3 when a store could not be asked.
`;

export const users: Command = {
  summary: 'how the passwords of users are kept',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { home: { type: 'string' }, json: { type: 'boolean' } },
    });
    if (positionals.length !== 1 || positionals[0] !== 'report') {
      process.stderr.write(`gatehouse users: say what: report.\n\n${help}`);
      return 2;
    }
    const home = await openHome(values.home ?? 'var');
    const loaded = await loadFromHome(home);
    if (loaded === undefined) return 1;
    const { reportUsers } = await import('../server/users-report.ts');
    const report = await reportUsers(home, loaded, toStandardError);
    process.stdout.write(values.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : printed(report));
    return report.failures.length === 0 ? 0 : 3;
  },
};

function printed({ stores, failures }: UsersReport): string {
  const blocks = stores.map(({ store, schemes }) => {
    const rows = Object.entries(schemes).map(
      ([scheme, count]) => `  ${scheme.padEnd(20)}${String(count).padStart(8)}\n`,
    );
    return `${store}\n${rows.length === 0 ? '  no users\n' : rows.join('')}`;
  });
  const lost = failures.map(({ place, code, message }) => `${place}\n  could not be asked: ${message} (${code})\n`);
  return stores.length + failures.length === 0 ? 'No store can be listed.\n' : [...blocks, ...lost].join('');
}
