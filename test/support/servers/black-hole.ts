/** @module An address that takes a connection and drops every packet of the next: a listener whose queue is full. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Node always accepts: a listener that never does is a process of its own. A queue of 0 holds one connection. */
const script = `
import socket, sys
listener = socket.socket()
listener.bind(('127.0.0.1', 0))
listener.listen(0)
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
`;
/** More than the queue holds, in every kernel. */
const fillers = 8;
const lookMs = 200;

export async function openBlackHole(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const child = spawn('/usr/bin/python3', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const [line] = await once(child.stdout, 'data');
  const port = Number(String(line));
  const sockets: Socket[] = [];
  for (let number = 0; number < fillers; number += 1) {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => undefined);
    sockets.push(socket);
  }
  // The queue is full when a connection is not made: the kernel drops what it would begin with.
  await new Promise((resolve) => setTimeout(resolve, lookMs));
  if (sockets.every((socket) => !socket.connecting)) throw new Error('the queue takes every connection');
  return {
    url: `ldap://127.0.0.1:${port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      child.stdin.end();
      await ended;
    },
  };
}
