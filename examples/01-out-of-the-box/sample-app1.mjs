/** @module sampleApp1: one open page and one that greets who is signed in. It believes the gateway, so it listens on loopback. */
import { createServer } from 'node:http';

const port = Number(process.env['PORT'] ?? '9001');

const pages = {
  '/sampleApp1/hello.html': () => 'Hello!',
  '/sampleApp1/secure/hello.html': ({ 'x-remote-user': user, 'x-remote-roles': roles }) =>
    `You are ${user}, with ${roles}.`,
};

const server = createServer(({ url = '', headers }, response) => {
  const page = pages[url];
  response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${page?.(headers) ?? 'There is no such page.'}\n`);
});

server.listen(port, '127.0.0.1', () => {
  process.stdout.write(`sampleApp1 http://127.0.0.1:${server.address().port}\n`);
});
