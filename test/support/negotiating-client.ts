/** @module A real client (MIT's GSS-API) that goes on with what an acceptor answers: it checks AP-REP and mechListMIC itself. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { TokenRequest } from './negotiate-tokens.ts';

export interface ClientStep {
  /** What it sends next; empty when nothing. */
  readonly token: Buffer;
  /** It believes that we are who we are. */
  readonly complete: boolean;
  /** Why it does not. */
  readonly error: string;
}

export interface NegotiatingClient {
  /** @param answer empty at the beginning */
  step(answer: Uint8Array): Promise<ClientStep>;
  close(): Promise<void>;
}

const program = `
const { createInterface } = await import('node:readline');
const kerberos = (await import('kerberos')).default;
const { service, mechanism, mutual } = JSON.parse(process.argv[1]);
const mechOID = mechanism === 'krb5' ? kerberos.GSS_MECH_OID_KRB5 : kerberos.GSS_MECH_OID_SPNEGO;
const client = await kerberos.initializeClient(service, { mechOID, flags: mutual ? kerberos.GSS_C_MUTUAL_FLAG : 0 });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const token = (await client.step(line)) ?? '';
    console.log(JSON.stringify({ token, complete: client.contextComplete, error: '' }));
  } catch (error) {
    console.log(JSON.stringify({ token: '', complete: false, error: error.message }));
  }
}
`;

export function startNegotiatingClient(request: Omit<TokenRequest, 'count'>): NegotiatingClient {
  const { kdc, tickets, service = 'HTTP@localhost', mechanism = 'spnego', mutual = false } = request;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', program, JSON.stringify({ service, mechanism, mutual })],
    {
      env: { ...process.env, ...kdc.environment, KRB5CCNAME: `FILE:${tickets}` },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async step(answer) {
      child.stdin.write(`${Buffer.from(answer).toString('base64')}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the client has ended');
      const { token, complete, error } = JSON.parse(value);
      return { token: Buffer.from(String(token), 'base64'), complete: complete === true, error: String(error) };
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
