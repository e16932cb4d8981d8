/** @module What the command line answers, and with which exit code: 0 done, 1 refused, 2 wrong usage, 3 could not ask. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { gatehouse } from './support/gatehouse-command.ts';
import { makeTempFolder } from './support/temp-folder.ts';

const commands = ['serve', 'explain', 'test-login', 'test', 'replay', 'cert', 'import-jboss'];

describe('gatehouse', () => {
  it.each([['--help'], ['-h'], ['help']])('lists its commands on %s', async (option) => {
    const { code, stdout } = await gatehouse(option);
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} +\\S`, 'm'));
  });

  it('says its version', async () => {
    expect(await gatehouse('--version')).toMatchObject({ code: 0, stdout: `gatehouse ${manifest.version}\n` });
  });

  it('without a command ends with 2 and lists them', async () => {
    expect(await gatehouse()).toMatchObject({ code: 2, stdout: expect.stringContaining('Usage: gatehouse <command>') });
  });

  it.each(['serv', 'constructor', ''])('ends with 2 on the command %j, which does not exist', async (name) => {
    const { code, stdout, output } = await gatehouse(name);
    expect([code, stdout]).toEqual([2, '']);
    expect(output).toContain(`there is no command "${name}"`);
  });

  it.each(commands)('helps with %s', async (command) => {
    const { code, stdout } = await gatehouse(command, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: gatehouse ${command} `));
  });

  it.each(commands)('ends with 2 on an option that %s does not have', async (command) => {
    const { code, stdout, output } = await gatehouse(command, '--no-such-option');
    expect([code, stdout]).toEqual([2, '']);
    expect(output).toContain(`Try "gatehouse ${command} --help"`);
  });

  it('ends with 1 when something that was written down is wrong', async () => {
    await using home = await makeTempFolder('main');
    await mkdir(join(home.path, 'configuration'), { recursive: true });
    await writeFile(join(home.path, 'configuration', 'gatehouse.yaml'), 'nodes: x\n');
    const { code, output } = await gatehouse('serve', '--check', '--home', home.path);
    expect(code).toBe(1);
    expect(output).toContain('gatehouse.yaml:1:1  nodes  unknown name; did you mean "node"?');
  });

  it('ends with 3, and names the fault, when something could not be asked', async () => {
    await using home = await makeTempFolder('main');
    const file = join(home.path, 'none.jsonl');
    const { code, output } = await gatehouse('explain', '01KE000000000000000000000A', '--file', file);
    expect(code).toBe(3);
    expect(output).toMatch(/\(ERR_STORE_UNAVAILABLE\)\n {2}path: .*none\.jsonl\n$/);
  });
});
