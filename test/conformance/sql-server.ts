/** @module What a datasource on a database server does beside: passwords, TLS, a server that is stopped, paused, started again. */
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { createDatasource, type OpenDatasource } from '../../src/adapters/sql/datasource.ts';
import type { SqlPool, SqlServerOptions, SqlTls } from '../../src/adapters/sql/pool.ts';
import { Secret } from '../../src/spi/secret.ts';
import { RecordingLogger } from '../support/plugin-services.ts';
import type { SqlServer } from '../support/servers/sql-server.ts';
import { patient, unavailable } from './datasource.ts';

export interface SqlServerHarness {
  readonly product: string;
  server(): SqlServer;
  openPool(options: SqlServerOptions): SqlPool;
  readonly slow: string;
  /** A query for the number of statements with this text that the server is running, itself not counted. */
  readonly running: string;
  /** A query for the number of connections of our user, its own not counted. */
  readonly connections: string;
  /** The most that the host name check can be asked for: `mariadb` cannot check addresses. */
  readonly checksAddresses: boolean;
}

export function openOn(
  harness: Pick<SqlServerHarness, 'server' | 'openPool'>,
  changes: Partial<SqlServerOptions> & { maxRows?: number } = {},
) {
  const { maxRows = 50, ...others } = changes;
  const { port, database, user, password } = harness.server();
  const limits = { connectTimeoutMs: 2000, statementTimeoutMs: 3000 };
  const options = {
    host: '127.0.0.1',
    port,
    database,
    user,
    password: new Secret(password),
    poolSize: 2,
    ...limits,
    ...others,
  };
  const logger = new RecordingLogger();
  const pool = harness.openPool(options);
  return { datasource: createDatasource({ ...options, name: 'users', pool, logger, maxRows }), logger };
}

export function sqlServerConformance(harness: SqlServerHarness): void {
  const opened: OpenDatasource[] = [];

  function open(changes: Partial<SqlServerOptions> = {}) {
    const made = openOn(harness, changes);
    opened.push(made.datasource);
    return made;
  }

  afterEach(async () => {
    for (const datasource of opened.splice(0)) await datasource.close();
  });

  const count = (sql: string) => Number(harness.server().run(sql).trim());
  const one = (datasource: OpenDatasource) => datasource.query('select 1', [], patient);

  describe(`${harness.product} as a server`, () => {
    it('never has more connections than the pool may have', async () => {
      const { datasource } = open({ poolSize: 2 });
      const before = count(harness.connections);
      await Promise.all(Array.from({ length: 20 }, () => one(datasource)));
      expect(count(harness.connections) - before).toBeLessThanOrEqual(2);
    });

    it('stops the statement of a caller who has given up', async () => {
      const { datasource } = open();
      const stop = new AbortController();
      const answer = datasource.query(harness.slow, [], stop.signal);
      await expect.poll(() => count(harness.running)).toBe(1);
      stop.abort();
      await expect(answer).rejects.toMatchObject(unavailable);
      await expect.poll(() => count(harness.running), { timeout: 2500 }).toBe(0);
    });

    it('stops by itself a statement whose time is up', async () => {
      const { datasource } = open({ statementTimeoutMs: 100 });
      await expect(datasource.query(harness.slow, [], patient)).rejects.toMatchObject(unavailable);
      expect(count(harness.running)).toBe(0);
    });

    it('is asked again after a restart, without a fault', async () => {
      const { datasource, logger } = open();
      await Promise.all([one(datasource), one(datasource)]);
      await harness.server().restart();
      expect(await one(datasource)).toHaveLength(1);
      expect(logger.lines).toEqual([]);
    });

    it('cannot be asked while it is stopped, and can be afterwards', async () => {
      const { datasource } = open();
      await one(datasource);
      await harness.server().stop();
      await expect(one(datasource)).rejects.toMatchObject({ ...unavailable, facts: { reason: 'unreachable' } });
      await harness.server().restart();
      expect(await one(datasource)).toHaveLength(1);
    });

    it('that hangs is given up in bounded time, on old connections and on new ones', async () => {
      const { datasource } = open({ statementTimeoutMs: 150, connectTimeoutMs: 150 });
      await one(datasource);
      harness.server().pause();
      try {
        for (let attempt = 0; attempt < 3; attempt += 1) {
          await expect(one(datasource)).rejects.toMatchObject(unavailable);
        }
      } finally {
        harness.server().resume();
      }
      expect(await one(datasource)).toHaveLength(1);
    });

    it('refuses a wrong password, which nobody is shown', async () => {
      const { datasource, logger } = open({ password: new Secret('NEVER-SHOWN') });
      const fault: unknown = await one(datasource).catch((error: unknown) => error);
      expect(fault).toMatchObject({ ...unavailable, facts: { reason: 'unreachable' } });
      expect(inspect([fault, logger.lines], { depth: 20, showHidden: true })).not.toContain('NEVER-SHOWN');
    });

    const tls = (changes: Partial<SqlTls> = {}): SqlTls => ({
      mode: 'verify-full',
      ca: harness.server().ca,
      ...changes,
    });

    it('is asked over TLS, its certificate and host name checked', async () => {
      expect(await one(open({ host: 'localhost', tls: tls() }).datasource)).toHaveLength(1);
    });

    it('is asked over TLS with verify-ca under any name', async () => {
      expect(await one(open({ tls: tls({ mode: 'verify-ca' }) }).datasource)).toHaveLength(1);
    });

    it.each(['verify-full', 'verify-ca'] as const)(
      'is not believed with a certificate of a foreign authority (%s)',
      async (mode) => {
        const foreign = open({ host: 'localhost', tls: { mode } });
        await expect(one(foreign.datasource)).rejects.toMatchObject({
          ...unavailable,
          facts: { reason: 'unreachable' },
        });
      },
    );

    if (harness.checksAddresses) {
      it('is not believed under an address that its certificate does not have', async () => {
        await expect(one(open({ tls: tls() }).datasource)).rejects.toMatchObject({
          ...unavailable,
          facts: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
        });
      });
    }
  });
}
