/** @module `gatehouse vault` as a person uses it: values from a pipe and from a terminal, references to paste, and no value on the way back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../support/child-process.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

const value = 'planted-Kestrel-5150';
let folder: TempFolder;
let home: string;
beforeAll(async () => {
  folder = await makeTempFolder('vault-command');
  home = join(folder.path, 'var');
  await run(['init']);
  await run(['add', 'ds_users', 'password'], `${value}\n`);
});
afterAll(() => folder.remove());

const gatehouse = (args: readonly string[], input = '') =>
  runProgram(process.execPath, ['bin/gatehouse', ...args], { input });
const run = (args: readonly string[], input?: string) => gatehouse(['vault', ...args, '--home', home], input);
const configure = (text: string) => {
  mkdirSync(join(home, 'configuration'), { recursive: true });
  writeFileSync(join(home, 'configuration/gatehouse.yaml'), text);
};

/** Runs it at a pseudo-terminal (util-linux's script), where each answer is typed when its question stands there. */
async function atTerminal(args: string, answers: readonly (readonly [question: string, keys: string])[]) {
  const child = spawn('script', ['-qec', `${process.execPath} bin/gatehouse vault ${args}`, '/dev/null']);
  let shown = '';
  let next = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    const answer = answers[next];
    if (answer === undefined || !shown.endsWith(answer[0])) return;
    next += 1;
    child.stdin.write(answer[1]);
  });
  const [code] = await once(child, 'close');
  return { code, shown };
}

describe('gatehouse vault', () => {
  it('prints the reference to paste after a value is stored', async () => {
    const { code, stdout, output } = await run(['add', 'ldap', 'bindCredential'], 'another-Plover');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`\n  \${VAULT::ldap::bindCredential::1}\n`)]);
    expect(output).not.toContain('another-Plover');
    const json = await run(['add', 'ldap', 'bindCredential', '--replace', '--json'], 'another-Plover');
    expect(JSON.parse(json.stdout)).toEqual({ stored: true, reference: `\${VAULT::ldap::bindCredential::1}` });
  });

  it('lists names and never values', async () => {
    const { stdout, output, code } = await run(['list']);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`\${VAULT::ds_users::password::1}\n`)]);
    const json = await run(['list', '--json']);
    expect(JSON.parse(json.stdout).entries).toContainEqual({
      block: 'ds_users',
      attribute: 'password',
      reference: `\${VAULT::ds_users::password::1}`,
    });
    expect(output + json.output).not.toContain(value);
  });

  it.each([
    ['to make a second vault', ['init']],
    ['to replace a value without being told to', ['add', 'ds_users', 'password']],
    ['to remove what is not there', ['remove', 'ds_users', 'nothing']],
    ['to find what is not there', ['check', 'ds_users', 'nothing']],
  ])('refuses %s', async (_, args) => {
    expect((await run(args, 'x')).code).toBe(1);
  });

  it('refuses an empty value', async () => {
    const { code, stdout } = await run(['add', 'a', 'b'], '\n');
    expect([code, stdout]).toEqual([1, 'Not stored: no value was given.\n']);
  });

  it('refuses a value of more than 64 KiB', async () => {
    const { code, stdout } = await run(['add', 'a', 'b'], 'x'.repeat(65_537));
    expect([code, stdout]).toEqual([1, 'Not stored: the value has more than 65536 bytes.\n']);
  });

  it.each([
    [[]],
    [['nonsense']],
    [['add', 'one']],
    [['add', 'a:b', 'c']],
    [['add', 'a', 'b', 'the value']],
    [['list', 'a']],
    [['list', '--replace']],
    [['list', '--nonsense']],
  ])('calls %j wrong usage', async (args) => {
    expect((await run(args)).code).toBe(2);
  });

  it('finds a value by its names', async () => {
    expect((await run(['check', 'ds_users', 'password'])).code).toBe(0);
  });

  it('removes a value', async () => {
    await run(['add', 'short', 'lived'], 'x');
    expect((await run(['remove', 'short', 'lived'])).code).toBe(0);
    expect((await run(['check', 'short', 'lived'])).code).toBe(1);
  });

  it('says what the configuration misses and what it does not need', async () => {
    configure(`node: "\${VAULT::no::such::1}"\n`);
    const { code, stdout } = await run(['check', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      missing: [`\${VAULT::no::such::1}`],
      unused: expect.arrayContaining([`\${VAULT::ds_users::password::1}`]),
    });
    configure('');
    expect((await run(['check'])).code).toBe(0);
  });

  it('opens with the new key after rekeying', async () => {
    const key = readFileSync(join(home, 'data/keys/vault.key'), 'utf8');
    expect((await run(['rekey'])).code).toBe(0);
    expect(readFileSync(join(home, 'data/keys/vault.key'), 'utf8')).not.toContain(key.trim());
    expect((await run(['check', 'ds_users', 'password'])).code).toBe(0);
  });

  it('takes its key from where the configuration says, also when nothing else of it is right', async () => {
    configure(
      `vault: { key: { command: [${process.execPath}, -e, "console.log(Buffer.alloc(32, 9).toString('hex'))"] } }\nnonsense: 1\n`,
    );
    const { code, output } = await run(['list']);
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(/ERR_VAULT_KEY[\s\S]*needs the key [0-9a-f]{16}, and the command/),
    ]);
    configure('vault: { key: 1 }');
    expect(await run(['list'])).toMatchObject({ code: 1, output: expect.stringContaining('serve --check') });
    configure('');
  });

  it('asks at a terminal twice and shows nothing of what is typed', async () => {
    const { code, shown } = await atTerminal(`add typed in --home ${home}`, [
      ['in typed: ', 'typed-Curlez\u007fw\r'],
      ['again: ', 'typed-Curlew\r'],
    ]);
    expect(shown).not.toContain('Curle');
    expect([code, (await run(['check', 'typed', 'in'])).code]).toEqual([0, 0]);
  });

  it.each([
    ['two that are not the same', 'other\r', 'the two are not the same'],
    ['Ctrl-C', '\u0003', 'given up'],
  ])('stores nothing at a terminal after %s', async (_, second, problem) => {
    const { code, shown } = await atTerminal(`add typed twice --home ${home}`, [
      ['twice in typed: ', 'one\r'],
      ['again: ', second],
    ]);
    expect([code, shown]).toEqual([1, expect.stringContaining(`Not stored: ${problem}`)]);
  });
});

describe('a start', () => {
  const check = (text: string) => {
    configure(text);
    return gatehouse(['serve', '--check', '--home', home]);
  };
  const domain = (options: string) =>
    `security-domains:\n  d:\n    authentication:\n      - { code: SimpleUsers, flag: required, module-options: ${options} }\n`;

  it('takes references in braces anywhere and bare ones in module options', async () => {
    const { code, output } = await check(
      domain(`{ eric: VAULT::ds_users::password::1, amar: "\${VAULT::ds_users::password::1}" }`),
    );
    expect(output).toContain('in order');
    expect(code).toBe(0);
  });

  it('is refused for what the vault does not have, with the place and what to do', async () => {
    const { code, output } = await check(domain(`{ eric: VAULT::no::such::1 }`));
    expect(code).toBe(1);
    expect(output).toContain(
      'gatehouse.yaml:4:70  security-domains.d.authentication[0].module-options.eric  the vault has no attribute "such" in the block "no"; "gatehouse vault add no such" puts it there',
    );
  });

  it('is refused without a vault, and says how to make one', async () => {
    const other = join(folder.path, 'other');
    mkdirSync(join(other, 'configuration'), { recursive: true });
    writeFileSync(join(other, 'configuration/gatehouse.yaml'), domain('{ eric: VAULT::a::b::1 }'));
    const { code, output } = await gatehouse(['serve', '--check', '--home', other]);
    expect(code).toBe(1);
    expect(output).toContain('there is no vault in this home; "gatehouse vault init" makes one');
  });

  it('takes what a command prints, and is refused for one that is not there', async () => {
    const commands = `secret-commands: { echo: { run: [/bin/echo, printed-Dunlin] } }\n`;
    expect((await check(commands + domain(`{ eric: "\${command:echo}" }`))).code).toBe(0);
    const { output } = await check(
      commands + domain(`{ eric: "\${command:nope}", strict: "\${command:echo}", hashAlgorithm: "\${command:echo}" }`),
    );
    expect(output).toContain('the command "nope" gave no secret: there is no command of this name');
    expect(output).not.toContain('Dunlin');
  });
});
