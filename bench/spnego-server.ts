/** @module The smallest server with our acceptor: each Negotiate header is accepted or not. A process of its own for `spnego.ts`. */
import fastify from 'fastify';
import { createOwnAcceptor } from '../src/adapters/kerberos/own-acceptor.ts';
import { createMemoryEphemeralStore } from '../src/adapters/memory-ephemeral-store.ts';
import { systemClock, systemRandom } from '../src/adapters/system-clock.ts';
import { createWatchedFiles } from '../src/adapters/watched-files.ts';

const [keytab = '', port = '0'] = process.argv.slice(2);
const silent = () => undefined;
const files = createWatchedFiles({ folder: '/', logger: { info: silent, warn: silent, error: silent } });
const acceptor = await createOwnAcceptor(
  { keytabs: [keytab], trustedRealms: [], clockSkewMs: 300_000 },
  {
    clock: systemClock,
    random: systemRandom,
    ephemeral: createMemoryEphemeralStore({ clock: systemClock }),
    watchBytes: files.watchBytes,
  },
);
const app = fastify({ http: { maxHeaderSize: 128 * 1024 } });
const patient = new AbortController().signal;
app.get('/', async (request, reply) => {
  const token = Buffer.from((request.headers.authorization ?? '').slice('Negotiate '.length), 'base64');
  const verdict = await acceptor.accept({ token }, patient);
  if (verdict.status !== 'accepted')
    return reply.code(401).header('www-authenticate', 'Negotiate').send(verdict.status);
  const answer = Buffer.from(verdict.reply ?? []).toString('base64');
  return reply.header('www-authenticate', `Negotiate ${answer}`).send({ principal: verdict.client });
});
await app.listen({ host: '127.0.0.1', port: Number(port) });
