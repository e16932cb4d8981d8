/** @module Watched files: real files in a real folder, looked at when the test says so. */
import { mkdir, mkdtemp, rename, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWatchedFiles, maxWatchedFileBytes, type WatchedFiles } from '../../src/adapters/watched-files.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import type { LogFacts } from '../../src/spi/logger.ts';
import { RecordingLogger } from '../support/plugin-services.ts';

let folder: string;
let logger: RecordingLogger;
let files: WatchedFiles;
const file = () => join(folder, 'users.properties');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-watch-'));
  logger = new RecordingLogger();
  files = createWatchedFiles({ folder, logger, automatic: false });
  await writeFile(file(), 'one');
});
afterEach(async () => {
  await files.close();
  await rm(folder, { recursive: true });
});

/** Refuses what begins with `bad`, as a parser does. */
function parse(text: string): string {
  if (text.startsWith('bad')) throw new GatehouseError('ERR_CONFIG_INVALID', 'bad contents', { facts: { line: 1 } });
  if (text.startsWith('bug')) throw new TypeError('a bug');
  return text.toUpperCase();
}

async function watched() {
  const opened = await files.watchFile('users.properties', parse);
  if (opened === undefined) throw new Error('the file is there');
  return opened;
}

describe('watchFile', () => {
  it('gives the parsed contents', async () => {
    expect((await watched()).current()).toBe('ONE');
  });

  it('gives undefined when there is no such file', async () => {
    expect(await files.watchFile('none', parse)).toBeUndefined();
    expect(await files.watchFile('users.properties/none', parse)).toBeUndefined();
  });

  it('sees a file that was written anew', async () => {
    const value = await watched();
    await writeFile(file(), 'two');
    await files.check();
    expect(value.current()).toBe('TWO');
  });

  it('sees a file that an editor has put in the place of the old one, of the same length', async () => {
    const value = await watched();
    await writeFile(`${file()}.new`, 'two');
    await rename(`${file()}.new`, file());
    await files.check();
    expect(value.current()).toBe('TWO');
  });

  it('sees a link that points elsewhere, as in a mounted configuration', async () => {
    await writeFile(join(folder, 'a'), 'first');
    await writeFile(join(folder, 'b'), 'second');
    await symlink('a', join(folder, 'link'));
    const value = await files.watchFile('link', parse);
    await symlink('b', join(folder, 'link.new'));
    await rename(join(folder, 'link.new'), join(folder, 'link'));
    await files.check();
    expect(value?.current()).toBe('SECOND');
  });

  it('does not parse a file again that has not changed', async () => {
    let parsed = 0;
    await files.watchFile('users.properties', () => {
      parsed += 1;
    });
    await files.check();
    expect(parsed).toBe(1);
  });

  it.each([
    ['bad contents', () => writeFile(file(), 'bad')],
    ['bytes that are not UTF-8', () => writeFile(file(), Buffer.from([0xe9]))],
    ['a file that is too large', () => truncate(file(), maxWatchedFileBytes + 1)],
    ['no file', () => unlink(file())],
    [
      'a folder in its place',
      async () => {
        await unlink(file());
        await mkdir(file());
      },
    ],
  ])('keeps the old value with %s, and warns once', async (_, change) => {
    const value = await watched();
    await change();
    await files.check();
    await files.check();
    expect(value.current()).toBe('ONE');
    expect(logger.warnings()).toHaveLength(1);
  });

  it('takes the next good contents after bad ones', async () => {
    const value = await watched();
    await writeFile(file(), 'bad');
    await files.check();
    await writeFile(file(), 'good');
    await files.check();
    expect(value.current()).toBe('GOOD');
  });

  it('refuses at first what cannot be parsed or is not UTF-8', async () => {
    await writeFile(file(), 'bad');
    await expect(watched()).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    await writeFile(file(), Buffer.from([0xe9]));
    await expect(watched()).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });

  it('refuses at first what is not a file or too large', async () => {
    await mkdir(join(folder, 'sub'));
    await expect(files.watchFile('sub', parse)).rejects.toMatchObject({ code: 'ERR_CONFIG_UNREADABLE' });
    await truncate(file(), maxWatchedFileBytes + 1);
    await expect(watched()).rejects.toMatchObject({ code: 'ERR_CONFIG_UNREADABLE' });
  });

  it('strips a byte order mark', async () => {
    await writeFile(file(), '\ufeffone');
    expect((await watched()).current()).toBe('ONE');
  });

  it('does not hide a bug of a parser', async () => {
    await watched();
    await writeFile(file(), 'bug');
    await expect(files.check()).rejects.toThrow(TypeError);
  });

  it('looks at nothing any more when it is closed', async () => {
    const value = await watched();
    await files.close();
    await writeFile(file(), 'two');
    await files.check();
    expect(value.current()).toBe('ONE');
  });

  it('that is no text is read as bytes, now and again', async () => {
    const notText = new Uint8Array([0x30, 0x80, 0xff, 0x00]);
    await writeFile(file(), notText);
    const value = await files.watchBytes('users.properties', (bytes) => [...bytes]);
    expect(value?.current()).toEqual([0x30, 0x80, 0xff, 0x00]);
    await writeFile(file(), new Uint8Array([0xfe]));
    await files.check();
    expect(value?.current()).toEqual([0xfe]);
  });

  it('is told of a change by the system', async () => {
    const changed = Promise.withResolvers<LogFacts>();
    logger.info = (facts) => changed.resolve(facts);
    const automatic = createWatchedFiles({ folder, logger });
    try {
      const value = await automatic.watchFile('users.properties', parse);
      await writeFile(`${file()}.new`, 'two');
      await rename(`${file()}.new`, file());
      expect(await changed.promise).toEqual({ path: 'users.properties' });
      expect(value?.current()).toBe('TWO');
    } finally {
      await automatic.close();
    }
  });
});
