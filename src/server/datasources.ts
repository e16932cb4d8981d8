/** @module Builds the datasources of the configuration: each with its own pool, none connected before it is asked. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { OpenDatasource } from '../adapters/sql/datasource.ts';
import type { SqlPool } from '../adapters/sql/pool.ts';
import type { DatasourceConfiguration } from '../config/datasources.ts';
import type { Datasource } from '../spi/datasource.ts';
import type { Logger } from '../spi/logger.ts';
import type { Closers } from './closers.ts';

export interface DatasourceParts {
  readonly datasources: readonly DatasourceConfiguration[];
  readonly home: HomeFolder;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** By name, and again by JNDI name where there is one. @throws ERR_CONFIG_UNREADABLE when the authorities of one cannot be read */
export async function buildDatasources(parts: DatasourceParts): Promise<ReadonlyMap<string, Datasource>> {
  const built = new Map<string, Datasource>();
  for (const configured of parts.datasources) {
    // Only what the configuration names is loaded.
    const { createDatasource } = await import('../adapters/sql/datasource.ts');
    const datasource: OpenDatasource = createDatasource({
      ...configured,
      logger: parts.logger,
      pool: await openPool(configured, parts.home),
    });
    parts.closers.add(datasource, (open) => open.close());
    for (const name of [configured.name, configured.jndiName ?? configured.name]) built.set(name, datasource);
  }
  return built;
}

async function openPool(
  { database, ...limits }: DatasourceConfiguration,
  home: Pick<HomeFolder, 'inConfiguration' | 'readText'>,
): Promise<SqlPool> {
  if (database.product === 'sqlite') {
    const { openSqlite } = await import('../adapters/sql/sqlite.ts');
    return openSqlite({ ...limits, file: home.inConfiguration(database.file) });
  }
  const { tls, ...where } = database;
  const ca = tls?.ca === undefined ? undefined : await home.readText(home.inConfiguration(tls.ca));
  const options = {
    ...where,
    ...limits,
    ...(tls === undefined ? {} : { tls: { mode: tls.mode, ...(ca === undefined ? {} : { ca }) } }),
  };
  return database.product === 'postgresql'
    ? (await import('../adapters/sql/postgresql.ts')).openPostgresql(options)
    : (await import('../adapters/sql/mariadb.ts')).openMariadb(options);
}
