/** @module Waits for a server that says too early that it is up. */
import { connect } from 'node:net';

const lookAgainMs = 50;
const mostLooks = 400;

export const shortPause = () => new Promise((resolve) => setTimeout(resolve, lookAgainMs));

/** @throws when it has given up: another server of the machine may have the port */
export async function untilAccepted(host: string, port: number): Promise<void> {
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const accepted = await new Promise<boolean>((resolve) => {
      const socket = connect({ host, port });
      socket.once('error', () => resolve(false));
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
    });
    if (accepted) return;
    await shortPause();
  }
  throw new Error(`nobody answers at ${host}:${port}: does another server have this port on every address?`);
}
