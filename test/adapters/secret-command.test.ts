/** @module Programs that print a secret: what they cannot do to us, and that nothing of what they print is shown. */
import { expect, it } from 'vitest';
import { runSecretCommand } from '../../src/adapters/secret-command.ts';

const script = (text: string, timeoutMs = 60_000) =>
  runSecretCommand({ argv: [process.execPath, '-e', text], timeoutMs });
const revealed = async (asked: ReturnType<typeof runSecretCommand>) => {
  const answer = await asked;
  return answer.status === 'answered' ? answer.text.reveal() : answer.problem;
};

it('takes the first line', async () => {
  expect(await revealed(script(`process.stdout.write('hunter2\\r\\nsecond')`))).toBe('hunter2');
});

it('keeps spaces', async () => {
  expect(await revealed(script(`process.stdout.write(' a b ')`))).toBe(' a b ');
});

it('gives arguments as they are: no shell reads them', async () => {
  const argv = [process.execPath, '-e', 'console.log(process.argv[1])', '$(id); `id` "x" *'];
  expect(await revealed(runSecretCommand({ argv, timeoutMs: 60_000 }))).toBe('$(id); `id` "x" *');
});

it.each([
  ['prints nothing', '', 'its first line is empty'],
  ['ends with a number', `console.log('hunter2'); process.exitCode = 4`, 'it ended with 4'],
  ['dies', `process.kill(process.pid, 'SIGKILL')`, 'it ended with SIGKILL'],
  [
    'never stops printing',
    `setInterval(() => console.log('hunter2'.repeat(10000)), 0)`,
    'it wrote more than 65536 bytes',
  ],
])('refuses one that %s', async (_, text, problem) => {
  expect(await revealed(script(text))).toBe(problem);
});

it('gives it no input to wait for', async () => {
  expect(await revealed(script(`process.stdin.on('end', () => console.log('end')).resume()`))).toBe('end');
});

it('ends one that takes too long, with what it has started', async () => {
  const text = `require('node:child_process').spawn('sleep', ['1000'], { stdio: 'inherit' }); setInterval(() => {}, 1000)`;
  expect(await revealed(script(text, 50))).toBe('it had no answer within 50 ms');
});

it.each([
  ['is not there', '/nowhere/program', 'there is no such program'],
  ['is no program', import.meta.filename, 'it cannot be run (EACCES)'],
])('refuses one that %s', async (_, program, problem) => {
  expect(await revealed(runSecretCommand({ argv: [program], timeoutMs: 1000 }))).toBe(problem);
});
