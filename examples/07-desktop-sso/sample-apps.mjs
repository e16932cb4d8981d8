/** @module The applications A and B: one open page and one that greets who is signed in. They believe the gateway, so they listen on loopback. */
import { createServer } from 'node:http';

const port = Number(process.env['PORT'] ?? '9001');

const server = createServer(({ url = '', headers }, response) => {
  const [, application = '', page] = /^\/(A|B)\/(.*)$/.exec(url) ?? [];
  const texts = {
    'hello.html': 'Hello!',
    'secure/hello.html': `Application ${application}: you are ${headers['x-remote-user']}.`,
  };
  const text = texts[page];
  response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${text ?? 'There is no such page.'}\n`);
});

server.listen(port, '127.0.0.1', () => {
  process.stdout.write(`sample applications http://127.0.0.1:${server.address().port}\n`);
});
