/** @module No text of 64 KiB keeps the readers of XML and YAML busy: the kernel ends a process that computes for longer. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '../support/child-process.ts';

/** For the start of Node and of the catalogue, on any machine that the tests run on. */
const startSeconds = 8;
const texts = 51;
/** A text may cost a tenth of a second of CPU; the sum is what the limit can be set to. */
const limitSeconds = startSeconds + Math.ceil(texts * 0.1);

it(`reads ${texts} hostile texts within ${limitSeconds} s of CPU`, async () => {
  const program = join(import.meta.dirname, 'hostile-input.ts');
  const script = `ulimit -t ${limitSeconds} && exec "$0" "$1"`;
  const { code, signal, stdout, output } = await runProgram('bash', ['-c', script, process.execPath, program]);
  expect([code, signal, stdout], output).toEqual([0, null, `${texts}\n`]);
});
