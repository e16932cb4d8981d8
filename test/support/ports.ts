/** @module Ports for servers that have to know theirs before they start: found by binding them, and free again on return. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** What `gatehouse serve --samples` binds without an offset. */
const gatehousePorts = [8080, 8081, 8082, 8083, 8443, 9990, 9993];
/** The lowest port stays above the well-known ones, the highest below those that the kernel gives to clients. */
const offsets = { least: 2_000, most: 22_000 };
const maxAttempts = 100;

async function bind(port: number): Promise<Server> {
  const server = createServer();
  server.listen({ host: '127.0.0.1', port });
  await once(server, 'listening');
  return server;
}

async function release(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map(async (server) => {
      server.close();
      await once(server, 'close');
    }),
  );
}

/** A port that the kernel gave and nobody has now. */
export async function freePort(): Promise<number> {
  const server = await bind(0);
  const address = server.address();
  await release([server]);
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}

/** An offset with which every port of Gatehouse and of its samples is free. Drawn, so that two test runs do not meet. */
export async function freePortOffset(): Promise<number> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const offset = randomInt(offsets.least, offsets.most);
    const bound: Server[] = [];
    try {
      for (const port of gatehousePorts) bound.push(await bind(port + offset));
      return offset;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    } finally {
      await release(bound);
    }
  }
  throw new Error(`no free block of ports in ${maxAttempts} attempts`);
}
