/** @module Logins whose records are chained and on the disk, against the same logins without an audit file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuditFiles } from '../src/adapters/audit/audit-files.ts';
import { systemClock, systemRandom, systemTimers } from '../src/adapters/system-clock.ts';
import { createAuditTrail } from '../src/engine/audit-trail.ts';
import { createSecurityDomain } from '../src/engine/security-domain.ts';
import type { AuditProvider } from '../src/spi/audit.ts';
import { Secret } from '../src/spi/secret.ts';
import type { SecurityDomain } from '../src/spi/security-domain.ts';
import { buildAuditRecord } from '../src/wire/audit/record.ts';
import { median, type Row, row } from './row.ts';

const rounds = 5;
const perRound = 2000;
/** Browsers that sign in at the same time. */
const concurrency = 32;
const silent = () => undefined;

/** One module that costs nothing, so that what is compared is the house around it. */
function domainWith(providers: readonly AuditProvider[]): SecurityDomain {
  const principal = { name: 'eric', type: 'user' } as const;
  return createSecurityDomain({
    name: 'bench',
    modules: [
      {
        name: 'Bench',
        code: 'Bench',
        flag: 'required',
        stacking: false,
        module: { login: async () => ({ status: 'succeeded', contribution: { identity: principal, roles: ['all'] } }) },
      },
    ],
    audit: createAuditTrail({ providers, node: 'bench', clock: systemClock, random: systemRandom }),
    clock: systemClock,
    random: systemRandom,
    timers: systemTimers,
    configRevision: 'bench',
    defaultDeadlineMs: 10_000,
  });
}

/** Logins a second. */
async function rate(domain: SecurityDomain): Promise<number> {
  const begun = performance.now();
  let left = perRound;
  const worker = async () => {
    while (left-- > 0) {
      const evidence = { kind: 'password', username: 'eric', password: new Secret('secret') } as const;
      const result = await domain.login(evidence, { sourceAddress: '127.0.0.1', mechanism: 'FORM' });
      if (result.status !== 'authenticated') throw new Error(`not authenticated: ${JSON.stringify(result)}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (perRound * 1000) / (performance.now() - begun);
}

export async function auditedLogin(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const files = createAuditFiles({
    logFolder: join(folder, 'log'),
    checkpointFolder: join(folder, 'data'),
    key: new Secret<Uint8Array>(systemRandom.bytes(32)),
    clock: systemClock,
    timers: systemTimers,
    logger: { info: silent, warn: silent, error: silent },
  });
  const sink = await files.open('audit.jsonl', { durability: 'every-record', syncMs: 1000, rotateEvery: 'none' });
  const file: AuditProvider = { record: (event) => sink.append(buildAuditRecord(event)), close: () => sink.close() };
  const audited = domainWith([file]);
  const bare = domainWith([]);
  const measured = { ours: [] as number[], reference: [] as number[] };
  try {
    await rate(bare);
    await rate(audited);
    for (let round = 0; round < rounds; round += 1) {
      measured.reference.push(await rate(bare));
      measured.ours.push(await rate(audited));
    }
  } finally {
    await sink.close();
    rmSync(folder, { recursive: true });
  }
  return [
    row({
      name: 'login-audited',
      unit: 'logins per second',
      ours: median(measured.ours),
      reference: median(measured.reference),
      referenceIs: 'the same logins, of a module that costs nothing, without an audit file',
      target: '>= 0.1',
    }),
  ];
}
