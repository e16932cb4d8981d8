/** @module Append-only files: order, batches, modes, and a device that is full. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  appendOnlyFiles,
  maxLineBytes,
  maxWaitingLines,
  openAppendOnlyFile,
} from '../../src/adapters/append-only-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-append-'));
  path = join(folder, 'audit.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const unavailable = { code: 'ERR_AUDIT_UNAVAILABLE' };
const contents = () => readFile(path, 'utf8');

describe('openAppendOnlyFile', () => {
  it('makes a file that only its owner may read', async () => {
    const file = await openAppendOnlyFile(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await file.close();
  });

  it.each([false, true])('has a line in the file when the append resolves (durable %s)', async (durable) => {
    const file = await openAppendOnlyFile(path, { durable });
    await file.append('one');
    expect(await contents()).toBe('one\n');
    await file.close();
  });

  it('writes concurrent lines in their order', async () => {
    const file = await openAppendOnlyFile(path);
    const lines = Array.from({ length: 1000 }, (_, index) => `line ${index}`);
    await Promise.all(lines.map((line) => file.append(line)));
    expect(await contents()).toBe(`${lines.join('\n')}\n`);
    await file.close();
  });

  it('does not forget a line that comes in the moment the queue is empty', async () => {
    const file = await openAppendOnlyFile(path);
    for (let index = 0; index < 50; index += 1) await file.append(`${index}`);
    expect((await contents()).split('\n')).toHaveLength(51);
    await file.close();
  });

  it('adds to what is there, on a line of its own when the last one was torn', async () => {
    await writeFile(path, 'whole\nto');
    const file = await openAppendOnlyFile(path);
    await file.append('new');
    expect(await contents()).toBe('whole\nto\nnew\n');
    await file.close();
  });

  it('finishes waiting lines before it closes', async () => {
    const file = await openAppendOnlyFile(path);
    const appended = [file.append('one'), file.append('two')];
    await file.close();
    await Promise.all(appended);
    expect(await contents()).toBe('one\ntwo\n');
  });

  it('says that it cannot when the device is full, for every waiting line and the next', async () => {
    const file = await openAppendOnlyFile('/dev/full');
    const results = await Promise.allSettled([file.append('one'), file.append('two')]);
    expect(results).toMatchObject([
      { status: 'rejected', reason: unavailable },
      { status: 'rejected', reason: unavailable },
    ]);
    await expect(file.append('three')).rejects.toMatchObject(unavailable);
    await file.close();
  });

  it('says that it cannot when there is no folder', async () => {
    await expect(openAppendOnlyFile(join(folder, 'none', 'x'))).rejects.toMatchObject(unavailable);
  });

  it.each(['a\nb', 'a\rb', 'x'.repeat(maxLineBytes + 1)])('refuses a line that is none (%#)', async (line) => {
    const file = await openAppendOnlyFile(path);
    await expect(file.append(line)).rejects.toMatchObject(unavailable);
    await file.close();
  });

  it('refuses a line when too many wait', async () => {
    const file = await openAppendOnlyFile(path);
    const results = await Promise.allSettled(Array.from({ length: maxWaitingLines + 2 }, () => file.append('x')));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    await file.close();
  });

  it('refuses a line when it is closed', async () => {
    const file = await openAppendOnlyFile(path);
    await file.close();
    await expect(file.append('late')).rejects.toMatchObject(unavailable);
  });
});

describe('appendOnlyFiles', () => {
  it('shares a file that is opened twice, until both have closed it', async () => {
    const services = appendOnlyFiles(folder);
    const [one, two] = await Promise.all([services.appendOnly('audit.jsonl'), services.appendOnly('./audit.jsonl')]);
    await Promise.all([one.append('1'), two.append('2'), one.append('3')]);
    await one.close();
    await expect(one.append('4')).rejects.toMatchObject(unavailable);
    await two.append('5');
    await two.close();
    expect(await contents()).toBe('1\n2\n3\n5\n');
  });

  it('opens a file anew after a failed opening', async () => {
    const services = appendOnlyFiles(join(folder, 'late'));
    await expect(services.appendOnly('x')).rejects.toMatchObject(unavailable);
    await expect(services.appendOnly('x')).rejects.toMatchObject(unavailable);
  });
});
