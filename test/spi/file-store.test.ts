/** @module A store that is a file: the first that exists, looked for again until one does. */
import { describe, expect, it } from 'vitest';
import { GatehouseError } from '../../src/spi/errors.ts';
import { openFileStore } from '../../src/spi/file-store.ts';
import type { WatchFile } from '../../src/spi/watched-file.ts';
import { MemoryFiles, RecordingLogger } from '../support/plugin-services.ts';

/** Refuses `bad` as a parser does. */
function parse(text: string): string {
  if (text === 'bad') throw new GatehouseError('ERR_CONFIG_INVALID', 'bad contents');
  if (text === 'bug') throw new TypeError('a bug');
  return text;
}

function open(texts: Readonly<Record<string, string>>, paths: readonly string[] = ['own', 'default']) {
  const files = new MemoryFiles(texts);
  const logger = new RecordingLogger();
  const looks: string[] = [];
  const watchFile: WatchFile = (path, parseText) => {
    looks.push(path);
    return files.watchFile(path, parseText);
  };
  const store = openFileStore({ watchFile, logger }, paths, parse);
  return { files, logger, looks, store };
}

describe('a file store', () => {
  it('reads the first file that exists', async () => {
    const { store } = open({ own: 'a', default: 'b' });
    expect(await (await store).read()).toBe('a');
  });

  it('reads the next one where the first is not there', async () => {
    const { store } = open({ default: 'b' });
    expect(await (await store).read()).toBe('b');
  });

  it('follows its file without looking for it again', async () => {
    const { files, looks, store } = open({ own: 'a' });
    const opened = await store;
    files.set('own', 'c');
    expect(await opened.read()).toBe('c');
    expect(looks).toEqual(['own']);
  });

  it('stops the start when the file is there and is bad', async () => {
    await expect(open({ own: 'bad', default: 'b' }).store).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });

  it('starts with a warning when there is no file', async () => {
    const { logger, store } = open({});
    await store;
    expect(logger.lines).toMatchObject([{ level: 'warn', facts: { paths: ['own', 'default'] } }]);
  });
});

describe('a file store without its file', () => {
  it('cannot be asked', async () => {
    const opened = await open({}).store;
    await expect(opened.read()).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      facts: { paths: 'own, default' },
    });
  });

  it('is healed by the file', async () => {
    const { files, store } = open({});
    const opened = await store;
    await expect(opened.read()).rejects.toThrow();
    files.set('default', 'b');
    expect(await opened.read()).toBe('b');
  });

  it('looks once for all who wait', async () => {
    const { files, looks, store } = open({});
    const opened = await store;
    files.set('own', 'a');
    looks.length = 0;
    expect(await Promise.all([opened.read(), opened.read(), opened.read()])).toEqual(['a', 'a', 'a']);
    expect(looks).toEqual(['own']);
  });

  it('cannot be asked while the file that has appeared is bad', async () => {
    const { files, store } = open({});
    const opened = await store;
    files.set('own', 'bad');
    await expect(opened.read()).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      cause: { code: 'ERR_CONFIG_INVALID' },
    });
  });

  it('hands on a bug of the parser as what it is', async () => {
    const { files, store } = open({});
    const opened = await store;
    files.set('own', 'bug');
    await expect(opened.read()).rejects.toBeInstanceOf(TypeError);
  });
});
