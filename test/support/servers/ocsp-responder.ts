/** @module `openssl ocsp` as the responder, behind a listener on loopback: on its own it would listen on every address. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type createCertificates, type IssuedCertificate, indexOf } from '../client-certificates.ts';

const run = promisify(execFile);

export interface ResponderState {
  issuer: IssuedCertificate;
  signer: IssuedCertificate;
  rows: readonly { readonly certificate: IssuedCertificate; readonly revoked: boolean }[];
  /** Further arguments: how long an answer holds, how the responder is named. */
  arguments: readonly string[];
  /** In place of openssl's answer. */
  answer?:
    | { readonly status?: number; readonly type?: string; readonly body?: Uint8Array; readonly never?: true }
    | undefined;
  /** What openssl is asked, made of what came. */
  rewrite?: ((request: Uint8Array) => Uint8Array) | undefined;
}

export type OcspResponder = Awaited<ReturnType<typeof startOcspResponder>>;

/** `state` may be changed between requests; `asked` counts them. */
export async function startOcspResponder(made: ReturnType<typeof createCertificates>, state: ResponderState) {
  const requests: { readonly url: string; readonly body: Uint8Array }[] = [];

  async function answerOf(body: Uint8Array): Promise<Uint8Array> {
    const folder = mkdtempSync(join(made.folder, 'ocsp-'));
    const file = (name: string) => join(folder, name);
    writeFileSync(file('request'), state.rewrite?.(body) ?? body);
    writeFileSync(file('index.txt'), indexOf(state.rows));
    await run('openssl', [
      ...['ocsp', '-index', file('index.txt'), '-CA', made.path(`${state.issuer.name}.crt`)],
      ...['-rsigner', made.path(`${state.signer.name}.crt`), '-rkey', made.path(`${state.signer.name}.key`)],
      ...['-reqin', file('request'), '-respout', file('response'), ...state.arguments],
    ]);
    const bytes = readFileSync(file('response'));
    rmSync(folder, { recursive: true });
    return bytes;
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    requests.push({ url: request.url ?? '', body });
    const { answer } = state;
    if (answer?.never === true) return;
    response.writeHead(answer?.status ?? 200, { 'content-type': answer?.type ?? 'application/ocsp-response' });
    response.end(answer?.body ?? (await answerOf(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    requests,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
