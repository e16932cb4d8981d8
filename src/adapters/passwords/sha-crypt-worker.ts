/** @module The thread that computes SHA-crypt: one question at a time, one answer each. */
import { parentPort } from 'node:worker_threads';
import { shaCrypt } from '../../wire/password/sha-crypt.ts';

export interface ShaCryptQuestion {
  readonly digest: 'sha256' | 'sha512';
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly rounds: number;
}

parentPort?.on('message', ({ digest, password, salt, rounds }: ShaCryptQuestion) => {
  parentPort?.postMessage(shaCrypt(digest, password, salt, rounds));
});
