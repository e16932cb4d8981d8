/** @module An audit provider of one's own: refused logins only, one a line, as a script for a firewall wants them. */
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { defineAuditProvider, GatehouseError, printable, z } from 'gatehouse/spi';

export default defineAuditProvider({
  code: 'FailedLogins',
  summary: 'Appends the address and the name of each refused login to a file.',
  options: z.strictObject({ file: z.string().describe('The file, absolute.') }),
  async create({ file }) {
    await mkdir(dirname(file), { recursive: true });
    return {
      async record({ type, outcome, at, sourceAddress = '-', principal = '-' }) {
        if (type !== 'login' || outcome !== 'failure') return;
        try {
          // A name comes from outside: printed, it cannot begin a line of its own.
          await appendFile(file, `${new Date(at).toISOString()} ${sourceAddress} ${printable(principal)}\n`);
        } catch (cause) {
          throw new GatehouseError('ERR_AUDIT_UNAVAILABLE', 'the list of failed logins cannot be written', { cause });
        }
      },
      async close() {
        // Nothing stays open.
      },
    };
  },
});
