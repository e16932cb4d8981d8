/** @module `gatehouse audit`: is the audit log whole, what came last, what is in it about somebody. */
import type { Command } from './command.ts';

const help = `Usage: gatehouse audit verify [--home <folder>] [--file <file> …] [--json]
       gatehouse audit tail [--lines <n>] [filters] [--home <folder>] [--file <file> …] [--json]
       gatehouse audit find [filters] [--limit <n>] [--home <folder>] [--file <file> …] [--json]

verify  finds every line of the chained audit files that was removed, altered, inserted, moved or cut off, and names
        file and line. Ends with 0 when the log is whole, with 1 when it is not.
tail    prints the last records (default 20), oldest first.
find    prints the records that fit, oldest first. Ends with 1 when there is none.

Filters (several: all of them must fit):
  --user <name>          of this principal, in any case
  --domain <name>        of this security domain
  --application <name>   of this application or partner
  --type <type>          login, session-begun … (docs/audit-events.md)
  --outcome <outcome>    success or failure
  --address <address>    from this client
  --since <time>         2026-11-22, 2026-11-22T08:00:00Z, or 15m, 2h, 3d ago
  --until <time>         as --since

  --home <folder>   default ./var
  --file <file>     a file anywhere; it can be given several times. Default: the audit files of the home. A file alone
                    cannot tell whether records are missing before or after it.
  --json            tail and find: one record a line, as it was written; verify: one object
`;

export const audit: Command = {
  summary: 'is the audit log whole; who did what',
  help,
  async run(args) {
    const [action, ...rest] = args;
    switch (action) {
      case 'verify':
        return (await import('./audit/verify.ts')).verify(rest);
      case 'tail':
      case 'find':
        return (await import('./audit/find.ts')).find(action, rest);
      default:
        process.stderr.write(`gatehouse audit: say what: verify, tail or find.\n\n${help}`);
        return 2;
    }
  },
};
