/** @module Cold start to ready next to `node -e 0`, by the clock and by CPU, and memory at rest. */
import { execFileSync, spawnSync } from 'node:child_process';
import { median, type Row, row } from './row.ts';
import { freshHome, startProcess } from './server-process.ts';

const starts = 7;
const idleMemoryTargetMb = 120;
/** After a start the heap is still full of what the start needed. */
const settleMs = 3_000;

function bareNodeMs(): number {
  const begun = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - begun;
}

/** By itself: nobody else can ask a process that has ended. */
function bareNodeCpuMs(): number {
  const script = 'const { user, system } = process.cpuUsage(); console.log(user + system)';
  return Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })) / 1000;
}

/** The first start makes the home and is not counted. */
export async function coldStart(): Promise<readonly Row[]> {
  const { home, remove } = await freshHome();
  await (await startProcess(home)).stop();
  const ours: number[] = [];
  const reference: number[] = [];
  const cpu: number[] = [];
  const bareCpu: number[] = [];
  for (let start = 0; start < starts; start += 1) {
    reference.push(bareNodeMs());
    bareCpu.push(bareNodeCpuMs());
    const begun = performance.now();
    const server = await startProcess(home);
    ours.push(performance.now() - begun);
    cpu.push(await server.cpuMs());
    await server.stop();
  }
  const server = await startProcess(home);
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const rss = await server.rssMb();
  await server.stop();
  await remove();
  return [
    row({
      name: 'cold-start-to-ready',
      unit: 'ms',
      ours: median(ours),
      reference: median(reference),
      referenceIs: 'node -e 0',
      target: '<= 10',
    }),
    // What neighbours on a busy machine change least.
    row({
      name: 'cold-start-cpu',
      unit: 'ms CPU',
      ours: median(cpu),
      reference: median(bareCpu),
      referenceIs: 'node -e 0',
      target: 'reported',
    }),
    row({
      name: 'idle-memory',
      unit: 'MB RSS',
      ours: rss,
      reference: idleMemoryTargetMb,
      referenceIs: 'the target itself',
      target: '<= 1',
    }),
  ];
}
