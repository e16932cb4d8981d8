/** @module `node scripts/fuzz-saml.ts [--seconds 60] [--seed 1] [--target xml]`: fuzzes whatever reads SAML; what it finds is printed, to be kept. */
import { parseArgs } from 'node:util';
import { createWorkshop } from '../test/support/saml-corpus/workshop.ts';
import { createDice, mutated } from '../test/support/saml-fuzz/mutator.ts';
import { seedsByTarget } from '../test/support/saml-fuzz/seeds.ts';
import { createTargets, type Target, tried } from '../test/support/saml-fuzz/targets.ts';

/** CPU of one input of 64 KB at most. */
const maxMs = 100;
/** A finding that only a busy machine has made is none. */
const confirmations = 3;

const { values } = parseArgs({
  options: { seconds: { type: 'string' }, seed: { type: 'string' }, target: { type: 'string' } },
});
const seconds = Number(values.seconds ?? 60);
const seed = Number(values.seed ?? Date.now() % 2 ** 32);
const workshop = createWorkshop(Date.now());
const targets = Object.entries(await createTargets(workshop.now)).filter(
  ([name]) => values.target === undefined || values.target === name,
);
if (!Number.isFinite(seconds) || !Number.isFinite(seed) || targets.length === 0) {
  process.stderr.write('Usage: node scripts/fuzz-saml.ts [--seconds <n>] [--seed <n>] [--target <name>]\n');
  process.exit(2);
}

function cpuMs(target: Target, input: Buffer): number {
  const before = process.cpuUsage();
  tried(target, input);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** What is wrong with it; `undefined` when nothing is. */
function problemOf(target: Target, input: Buffer): string | undefined {
  try {
    let ms = cpuMs(target, input);
    for (let left = confirmations; ms > maxMs && left > 0; left -= 1) ms = Math.min(ms, cpuMs(target, input));
    return ms > maxMs ? `${Math.round(ms)} ms of CPU` : undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

const seeds = await seedsByTarget(workshop);
const dice = createDice(seed);
const until = Date.now() + seconds * 1000;
const found = new Set<string>();
let inputs = 0;
while (Date.now() < until) {
  const [name, target] = targets[dice(targets.length)] ?? [];
  const pool = (name !== undefined && seeds[name]) || [];
  const [one, other] = [pool[dice(pool.length)], pool[dice(pool.length)]];
  if (name === undefined || target === undefined || one === undefined || other === undefined) continue;
  const input = mutated(one, other, dice);
  inputs += 1;
  const problem = problemOf(target, input);
  // One finding for each place: the first lines of the stack say which.
  const place =
    problem
      ?.split('\n')
      .slice(0, 3)
      .join(' ')
      .replace(/\d+ ms/, 'ms') ?? '';
  if (problem === undefined || found.has(place)) continue;
  found.add(place);
  process.stdout.write(`${JSON.stringify({ target: name, problem, input: input.toString('base64') })}\n`);
}
process.stdout.write(`${inputs} inputs, ${found.size} findings, seed ${seed}\n`);
process.exitCode = found.size === 0 ? 0 : 1;
