/** @module Audit provider Log: records into the server's log. */
import { z } from 'zod';
import { defineAuditProvider } from '../../spi/audit.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { printable } from '../../spi/printable.ts';
import { recordOf } from '../../wire/audit/record.ts';

/** JBoss's provider writes at TRACE, so that nothing appears at its default level (jboss-facts §13.1); here it always does. */
export const logAudit = defineAuditProvider({
  code: 'Log',
  summary: "Records in the server's log.",
  options: z.strictObject({}),
  create(_, { logger }) {
    let closed = false;
    return {
      async record(event) {
        if (closed) throw new GatehouseError('ERR_AUDIT_UNAVAILABLE', 'the log is closed');
        logger.info({ audit: shown(recordOf(event)) }, 'audit');
      },
      async close() {
        closed = true;
      },
    };
  },
});

/** The log escapes line breaks and controls; direction marks and separators it would write as they are. */
function shown(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, shown(inside)]));
}
