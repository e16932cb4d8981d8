/** @module Threads for SHA-crypt, whose thousands of digests Node has no call of its own for. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { GatehouseError } from '../../spi/errors.ts';
import type { ShaCryptQuestion } from './sha-crypt-worker.ts';

export interface ShaCryptThreads {
  /**
   * The hash as text. A computation whose signal is aborted is ended with its thread.
   * @throws ERR_DEADLINE_EXCEEDED, ERR_STORE_UNAVAILABLE when there is no thread to compute in
   */
  compute(question: ShaCryptQuestion, signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** Beside this file, with its ending: `.js` in a build. */
const workerFile = new URL(`./sha-crypt-worker${extname(import.meta.url)}`, import.meta.url);

/** No thread before the first question; an idle one is used again. How many there are at once is the caller's affair. */
export function createShaCryptThreads(): ShaCryptThreads {
  const idle: Worker[] = [];
  const all = new Set<Worker>();

  function take(): Worker {
    const known = idle.pop();
    if (known !== undefined) return known;
    const worker = new Worker(workerFile);
    // A waiting thread keeps no process alive.
    worker.unref();
    all.add(worker);
    worker.once('exit', () => all.delete(worker));
    return worker;
  }

  return {
    compute: (question, signal) =>
      new Promise((resolve, reject) => {
        const worker = take();
        const stop = () => {
          forget();
          void worker.terminate();
          reject(new GatehouseError('ERR_DEADLINE_EXCEEDED', 'the password was not verified in time'));
        };
        const fail = (cause: unknown) => {
          forget();
          void worker.terminate();
          reject(new GatehouseError('ERR_STORE_UNAVAILABLE', 'the password could not be hashed', { cause }));
        };
        const answer = (hash: string) => {
          forget();
          worker.unref();
          idle.push(worker);
          resolve(hash);
        };
        const forget = () => {
          signal.removeEventListener('abort', stop);
          worker.off('message', answer).off('error', fail).off('exit', fail);
        };
        signal.addEventListener('abort', stop, { once: true });
        worker.once('message', answer).once('error', fail).once('exit', fail);
        worker.ref();
        worker.postMessage(question);
      }),
    async close() {
      idle.length = 0;
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}
