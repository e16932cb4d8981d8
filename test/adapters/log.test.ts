/** @module The log: one line of JSON an event, in a file of its owner only. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLog } from '../../src/adapters/log.ts';
import { Secret } from '../../src/spi/secret.ts';

let folder: string;
let number = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-log-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Level = Parameters<typeof openLog>[0]['level'];

/** Logs into a new file and gives its lines. */
async function logged(write: (log: ReturnType<typeof openLog>) => void, level: Level = 'info') {
  number += 1;
  const to = join(folder, `new/${number}.log`);
  const log = openLog({ to, level, node: 'node7' });
  write(log);
  log.close();
  const text = await readFile(to, 'utf8');
  return {
    to,
    text,
    lines: text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  };
}

describe('the log', () => {
  it('has a line for each event, with level, node, facts and message', async () => {
    const { lines } = await logged((log) => {
      log.info({ port: 8080 }, 'started');
      log.warn({}, 'hm');
      log.error({ err: new TypeError('a bug') }, 'oh');
    });
    expect(lines).toMatchObject([
      { level: 30, node: 'node7', port: 8080, msg: 'started' },
      { level: 40, msg: 'hm' },
      {
        level: 50,
        msg: 'oh',
        err: { type: 'TypeError', message: 'a bug', stack: expect.stringContaining('log.test') },
      },
    ]);
  });

  it('leaves out what is below its level', async () => {
    const { lines } = await logged((log) => {
      log.info({}, 'a');
      log.warn({}, 'b');
    }, 'warn');
    expect(lines).toMatchObject([{ msg: 'b' }]);
  });

  it('cannot be made to begin a line of somebody else', async () => {
    const { lines } = await logged((log) => log.info({ name: 'a\n{"level":60}' }, 'x\r\ny'));
    expect(lines).toMatchObject([{ name: 'a\n{"level":60}', msg: 'x\r\ny' }]);
  });

  it('shows no secret', async () => {
    const { text } = await logged((log) => log.info({ password: new Secret('hunter2') }, 'x'));
    expect(text).toContain('[secret]');
    expect(text).not.toContain('hunter2');
  });

  it('is readable by its owner only, in a folder that it makes', async () => {
    const { to } = await logged((log) => log.info({}, 'x'));
    expect((await stat(to)).mode & 0o777).toBe(0o600);
  });

  it('goes on behind what is there', async () => {
    const to = join(folder, 'kept.log');
    for (const message of ['one', 'two']) {
      const log = openLog({ to, level: 'info', node: 'n' });
      log.info({}, message);
      log.close();
    }
    expect((await readFile(to, 'utf8')).match(/"msg":"\w+"/g)).toEqual(['"msg":"one"', '"msg":"two"']);
  });

  it('cannot be opened where a folder is', () => {
    expect(() => openLog({ to: folder, level: 'info', node: 'n' })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_UNREADABLE' }),
    );
  });
});
