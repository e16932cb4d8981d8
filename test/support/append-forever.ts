/** @module A program that appends records to a chained file until it is stopped, and says of each what became of it. */
import { createAuditFiles } from '../../src/adapters/audit/audit-files.ts';
import { systemClock, systemTimers } from '../../src/adapters/system-clock.ts';
import { Secret } from '../../src/spi/secret.ts';

const [logFolder = '', checkpointFolder = '', count = '1000000'] = process.argv.slice(2);
const silent = () => undefined;
const files = createAuditFiles({
  logFolder,
  checkpointFolder,
  key: new Secret<Uint8Array>(new Uint8Array(32).fill(7)),
  clock: systemClock,
  timers: systemTimers,
  logger: { info: silent, warn: silent, error: silent },
});
const file = await files.open('audit.jsonl', { durability: 'never', syncMs: 1000, rotateEvery: 'none' });
for (let n = 1; n <= Number(count); n += 1) {
  const answer = await file.append(JSON.stringify({ n, filler: 'x'.repeat(500) })).then(
    () => 'written',
    (error: unknown) => JSON.stringify(error),
  );
  process.stdout.write(`${n} ${answer}\n`);
}
await file.close();
