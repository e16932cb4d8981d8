/** @module Audit provider File: chained JSON records in a file, one a line. */
import { z } from 'zod';
import { type AuditFileOptions, auditDurabilities, auditRotations, defineAuditProvider } from '../../spi/audit.ts';
import { optionFlag, optionText } from '../../spi/option-values.ts';
import { buildAuditRecord } from '../../wire/audit/record.ts';

const units = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const;
/** Below it a busy server would make files faster than anybody can keep them. */
const leastRotateBytes = 4096;

/** `10m`, as JBoss writes sizes (jboss-facts §13.2). */
const size = z
  .union([z.string(), z.number()])
  .transform(String)
  .transform((text, context) => {
    const [, digits = '', unit = ''] = /^(\d{1,15})([kmg]?)$/i.exec(text) ?? [];
    const bytes = Number(digits) * units[/^[kmg]$/i.test(unit) ? (unit.toLowerCase() as 'k' | 'm' | 'g') : ''];
    if (digits !== '' && bytes >= leastRotateBytes && Number.isSafeInteger(bytes)) return bytes;
    context.addIssue({ code: 'custom', message: 'must be a number of bytes from 4096, such as 4096, 500k, 10m or 1g' });
    return z.NEVER;
  });

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const options = z.strictObject({
  path: optionText.prefault('audit.jsonl').describe('The file, relative to the folder `log` of the home.'),
  durable: z
    .union([z.enum(auditDurabilities), optionFlag.transform((flag) => (flag ? 'every-record' : 'never'))])
    .prefault('never')
    .describe(
      '`every-record`: the disk has each record before what it tells of happens. `interval`: the disk gets them now and then. `never`: the system decides. What the system has outlives the process, not a power cut.',
    ),
  'sync-interval-ms': count(10, 60_000)
    .default(1000)
    .describe('Of `durable: interval`: how long a record may be on its way to the disk, in milliseconds.'),
  'rotate-size': size.prefault('100m').describe('A new file begins before this one gets larger: `500k`, `10m`, `1g`.'),
  'rotate-every': z.enum(auditRotations).default('none').describe('A new file begins with each hour or day (UTC).'),
  'max-files': count(1, 100_000).optional().describe('How many earlier files are kept; all where it is left out.'),
  'max-age-days': count(1, 36_500)
    .optional()
    .describe('How long earlier files are kept; for ever where it is left out.'),
});

export const fileAudit = defineAuditProvider({
  code: 'File',
  summary: 'Chained JSON records in a file, one a line.',
  options,
  async create(read, services) {
    const settings: AuditFileOptions = {
      durability: read.durable,
      syncMs: read['sync-interval-ms'],
      rotateBytes: read['rotate-size'],
      rotateEvery: read['rotate-every'],
      ...(read['max-files'] === undefined ? {} : { maxFiles: read['max-files'] }),
      ...(read['max-age-days'] === undefined ? {} : { maxAgeDays: read['max-age-days'] }),
    };
    const file = await services.openFile(read.path, settings);
    return {
      record: (event, signal) => file.append(buildAuditRecord(event), signal),
      close: () => file.close(),
    };
  },
});
