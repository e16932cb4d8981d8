/** @module The stores of one-time codes: a real file as the server changes and watches it, SQLite, PostgreSQL. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileChanger } from '../../../src/adapters/file-changer.ts';
import { openHome } from '../../../src/adapters/home-folder.ts';
import { openPostgresql } from '../../../src/adapters/sql/postgresql.ts';
import { createWatchedFiles } from '../../../src/adapters/watched-files.ts';
import type { Datasource } from '../../../src/spi/datasource.ts';
import { openOneTimeCodeFile } from '../../../src/wire/one-time-code/file-store.ts';
import { type OneTimeCodeQueries, openOneTimeCodeTable } from '../../../src/wire/one-time-code/sql-store.ts';
import { oneTimeCodeStoreConformance } from '../../conformance/one-time-code-store.ts';
import { openOn } from '../../conformance/sql-server.ts';
import { RecordingLogger } from '../../support/plugin-services.ts';
import { startPostgresql } from '../../support/servers/postgresql.ts';
import { temporaryFolder } from '../../support/servers/server-process.ts';
import type { SqlServer } from '../../support/servers/sql-server.ts';
import { openSqliteFixture, type SqliteFixture } from '../../support/sqlite-datasource.ts';

const signal = new AbortController().signal;
const path = 'one-time-codes.properties';
const table = 'create table one_time_codes (user_name varchar(1024) primary key, record varchar(4000) not null)';
const queries: OneTimeCodeQueries = {
  query: 'select user_name, record from one_time_codes where user_name = ?',
  insert: 'insert into one_time_codes (user_name, record) values (?, ?)',
  update: 'update one_time_codes set record = ? where user_name = ? and record = ?',
  delete: 'delete from one_time_codes where user_name = ? and record = ?',
  list: 'select user_name from one_time_codes',
};

async function openFile(text: string | undefined) {
  const folder = temporaryFolder('one-time-codes');
  const home = await openHome(folder.path);
  const file = join(folder.path, 'configuration', path);
  if (text !== undefined) writeFileSync(file, text);
  const files = createWatchedFiles({
    folder: home.resolve('configuration'),
    logger: new RecordingLogger(),
    automatic: false,
  });
  const services = { watchFile: files.watchFile, changeFile: createFileChanger(home), logger: new RecordingLogger() };
  const close = async () => {
    await files.close();
    folder.remove();
  };
  return { store: await openOneTimeCodeFile(path, services), file, files, close };
}

describe('files', () => {
  let opened: Awaited<ReturnType<typeof openFile>>;
  oneTimeCodeStoreConformance('a property file', {
    async open() {
      opened = await openFile('# sealed secrets\n');
      return opened.store;
    },
    close: () => opened.close(),
  });

  it('keep every line that is somebody else’s', async () => {
    const text = '# mine\nbob=1.b\n';
    const { store, file, close } = await openFile(text);
    await store.change('alice', undefined, '1.a', signal);
    await store.change('alice', '1.a', undefined, signal);
    expect(readFileSync(file, 'utf8')).toBe(text);
    await close();
  });

  it('let a login see a change when it is watched, and who changes something at once', async () => {
    const { store, files, close } = await openFile('');
    await store.change('alice', undefined, '1.a', signal);
    expect(await store.find('alice', signal)).toBeUndefined();
    expect(await store.find('alice', signal, true)).toMatchObject({ sealed: '1.a' });
    await files.check();
    expect(await store.find('alice', signal)).toMatchObject({ sealed: '1.a' });
    await close();
  });

  it.each(['Alice', 'ALICE', 'alicé', ' alice ', 'ａｌｉｃｅ', 'ali\u200bce'])(
    'find a person who signs in as %j, so that no spelling goes without a code',
    async (typed) => {
      const { store, close } = await openFile('alice=1.a\n');
      expect(await store.find(typed, signal)).toEqual({ user: 'alice', sealed: '1.a' });
      await close();
    },
  );

  it('keep two people apart whose names differ in case only, where each has a record', async () => {
    const { store, close } = await openFile('alice=1.a\nAlice=1.b\n');
    expect(await store.find('Alice', signal)).toEqual({ user: 'Alice', sealed: '1.b' });
    expect(await store.find('alice', signal)).toEqual({ user: 'alice', sealed: '1.a' });
    await close();
  });

  it('that do not exist are no empty ones', async () => {
    const { store, file, close } = await openFile(undefined);
    await expect(store.find('alice', signal)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    await expect(store.change('alice', undefined, '1.a', signal)).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
    });
    writeFileSync(file, '');
    expect(await store.find('alice', signal)).toBeUndefined();
    rmSync(file);
    await expect(store.change('alice', undefined, '1.a', signal)).rejects.toMatchObject({
      code: 'ERR_CONFIG_UNREADABLE',
    });
    await close();
  });
});

describe('SQLite', () => {
  let sqlite: SqliteFixture;
  oneTimeCodeStoreConformance('a table of SQLite', {
    async open() {
      sqlite = openSqliteFixture();
      sqlite.run(table);
      return openOneTimeCodeTable(sqlite.datasource, queries);
    },
    close: () => sqlite.close(),
  });
});

describe('PostgreSQL', () => {
  let server: SqlServer;
  let datasource: ReturnType<typeof openOn>['datasource'];
  beforeAll(async () => {
    server = await startPostgresql();
    datasource = openOn({ server: () => server, openPool: openPostgresql }).datasource;
  });
  afterAll(async () => {
    await datasource.close();
    await server.close();
  });

  oneTimeCodeStoreConformance('a table of PostgreSQL', {
    async open() {
      await server.run(table);
      return openOneTimeCodeTable(datasource, queries);
    },
    async close() {
      await server.run('drop table one_time_codes');
    },
  });
});

describe('a table', () => {
  const answering = (rows: readonly (readonly (string | null)[])[]): Datasource => ({
    name: 'users',
    query: async () => rows,
    update: async () => {
      throw new TypeError('nothing is changed here');
    },
  });

  it.each([
    [
      'two records',
      [
        ['alice', '1.a'],
        ['alice', '1.b'],
      ],
    ],
    ['no record in the row', [['alice', null]]],
    ['no name in the row', [[null, '1.a']]],
    ['no second column', [['1.a']]],
  ] as const)('that gives %s is taken neither for a yes nor for a no', async (_, rows) => {
    const store = openOneTimeCodeTable(answering(rows), queries);
    await expect(store.find('alice', signal)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });

  it('names the person as the database does', async () => {
    const store = openOneTimeCodeTable(answering([['alice', '1.a']]), queries);
    expect(await store.find('ALICE', signal)).toEqual({ user: 'alice', sealed: '1.a' });
  });
});
