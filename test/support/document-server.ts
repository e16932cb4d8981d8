/** @module A web server on loopback that gives documents the way a test says, over HTTPS with an authority of its own. */
import { readFile } from 'node:fs/promises';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { mustRun } from './child-process.ts';
import { makeTempFolder } from './temp-folder.ts';

export interface DocumentServer {
  /** `https://localhost:port`, or `http:`. */
  readonly origin: string;
  readonly port: number;
  /** PEM of the authority that signed its certificate. */
  readonly authority: string;
  readonly requests: IncomingMessage[];
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  close(): Promise<void>;
}

export async function startDocumentServer(
  options: { readonly secure?: boolean; readonly hostName?: string } = {},
): Promise<DocumentServer> {
  const { secure = true, hostName = 'localhost' } = options;
  const { path: folder, remove } = await makeTempFolder('documents');
  onTestFinished(remove);
  if (secure) {
    const output = ['-nodes', '-keyout', `${folder}/s.key`, '-out', `${folder}/s.crt`, '-days', '2'];
    const names = ['-subj', '/CN=test', '-addext', `subjectAltName=DNS:${hostName},IP:127.0.0.1`];
    await mustRun('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      ...output,
      ...names,
    ]);
  }
  const requests: IncomingMessage[] = [];
  const running: { answer: DocumentServer['answer'] } = {
    answer: (_request, response) => response.writeHead(404).end(),
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    requests.push(request);
    running.answer(request, response);
  };
  const authority = secure ? await readFile(`${folder}/s.crt`, 'utf8') : '';
  const server = secure
    ? createHttps({ key: await readFile(`${folder}/s.key`), cert: authority }, listener)
    : createHttp(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  onTestFinished(close);
  return Object.assign(running, {
    origin: `${secure ? 'https' : 'http'}://${hostName}:${port}`,
    port,
    authority,
    requests,
    close,
  });
}
