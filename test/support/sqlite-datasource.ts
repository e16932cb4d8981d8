/** @module An SQLite file in a temporary folder behind a datasource, for tests that need a database and no server. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createDatasource, type OpenDatasource } from '../../src/adapters/sql/datasource.ts';
import { openSqlite } from '../../src/adapters/sql/sqlite.ts';
import { RecordingLogger } from './plugin-services.ts';
import { temporaryFolder } from './servers/server-process.ts';

export interface SqliteFixture {
  readonly datasource: OpenDatasource;
  /** Runs statements past the datasource. */
  run(sql: string): void;
  close(): Promise<void>;
}

export function openSqliteFixture(name = 'users'): SqliteFixture {
  const folder = temporaryFolder('sqlite');
  const file = join(folder.path, 'users.db');
  const limits = { connectTimeoutMs: 2000, statementTimeoutMs: 3000, maxRows: 100 };
  const datasource = createDatasource({
    ...limits,
    name,
    pool: openSqlite({ file, ...limits }),
    logger: new RecordingLogger(),
  });
  return {
    datasource,
    run(sql) {
      const database = new DatabaseSync(file);
      database.exec(sql);
      database.close();
    },
    async close() {
      await datasource.close();
      folder.remove();
    },
  };
}
