/** @module Changing files: one after another, whole or not at all, and nothing that is somebody else's. */
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileChanger, seenAtOnce } from '../../src/adapters/file-changer.ts';
import { openHome } from '../../src/adapters/home-folder.ts';
import { createWatchedFiles } from '../../src/adapters/watched-files.ts';
import type { ChangeFile } from '../../src/spi/change-file.ts';
import { RecordingLogger } from '../support/plugin-services.ts';

let folder: string;
let file: string;
let changeFile: ChangeFile;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-changer-'));
  changeFile = createFileChanger(await openHome(join(folder, 'home')));
  file = join(folder, 'home/configuration/users.properties');
  writeFileSync(file, 'one\n', { mode: 0o640 });
  chmodSync(file, 0o640);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const unreadable = { code: 'ERR_CONFIG_UNREADABLE' };

describe('a file changer', () => {
  it('replaces the text and keeps the permissions', async () => {
    expect(await changeFile('users.properties', (text) => `${text}two\n`)).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(folder, 'home/configuration'))).toEqual(['history', 'users.properties']);
  });

  it('leaves the file alone when there is nothing to change', async () => {
    const before = statSync(file).ino;
    expect(await changeFile('users.properties', () => undefined)).toBe(false);
    expect(statSync(file).ino).toBe(before);
  });

  it('loses none of many changes at once', async () => {
    const words = Array.from({ length: 20 }, (_, index) => `word-${index}\n`);
    await Promise.all(words.map((word) => changeFile('users.properties', (text) => text + word)));
    expect(readFileSync(file, 'utf8')).toBe(`one\n${words.join('')}`);
  });

  it('asks again when somebody else has changed the file in between', async () => {
    let asked = 0;
    await changeFile('users.properties', (text) => {
      asked += 1;
      if (asked === 1) writeFileSync(file, 'edited by hand\n');
      return `${text}two\n`;
    });
    expect(asked).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe('edited by hand\ntwo\n');
  });

  it('gives up on a file that keeps changing', async () => {
    let asked = 0;
    const change = (text: string) => {
      asked += 1;
      writeFileSync(file, 'x'.repeat(asked));
      return `${text}two\n`;
    };
    await expect(changeFile('users.properties', change)).rejects.toMatchObject(unreadable);
  });

  it('goes on after a change that failed', async () => {
    const failed = changeFile('users.properties', () => {
      throw new Error('a bug');
    });
    const next = changeFile('users.properties', (text) => `${text}two\n`);
    await expect(failed).rejects.toThrow('a bug');
    expect(await next).toBe(true);
  });

  it.each(['missing.properties', '.'])('refuses %s, which is no file', async (path) => {
    await expect(changeFile(path, (text) => text)).rejects.toMatchObject(unreadable);
  });

  it('does not put a file in the place of a symbolic link', async () => {
    symlinkSync(file, join(folder, 'home/configuration/link.properties'));
    await expect(changeFile('link.properties', () => 'x')).rejects.toMatchObject(unreadable);
    expect(readFileSync(file, 'utf8')).toBe('one\n');
  });

  it('writes nothing outside the home folder', async () => {
    const outside = join(folder, 'outside.properties');
    writeFileSync(outside, 'one\n');
    for (const path of [outside, '../../outside.properties']) {
      await expect(changeFile(path, () => 'x')).rejects.toMatchObject(unreadable);
    }
    expect(readFileSync(outside, 'utf8')).toBe('one\n');
  });

  it('shows a reader of this node its change as soon as it has answered', async () => {
    const files = createWatchedFiles({
      folder: join(folder, 'home/configuration'),
      logger: new RecordingLogger(),
      automatic: false,
    });
    const watched = await files.watchFile('users.properties', (text) => text);
    await seenAtOnce(changeFile, files)('users.properties', () => 'two\n');
    expect(watched?.current()).toBe('two\n');
    await files.close();
  });
});
