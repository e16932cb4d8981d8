/** @module Negotiate tokens of a real client (MIT's GSS-API): made in a process of its own, because its tickets are found by environment. */
import { execFileSync } from 'node:child_process';
import type { Kdc } from './servers/kdc.ts';

export interface TokenRequest {
  readonly kdc: Pick<Kdc, 'environment'>;
  /** A file with tickets, of `Kdc.login`. */
  readonly tickets: string;
  /** `HTTP@localhost`, as GSS-API writes host-based services. */
  readonly service?: string;
  /** `spnego` wraps the token in a NegTokenInit (RFC 4178); `krb5` is the bare token of RFC 4121. */
  readonly mechanism?: 'spnego' | 'krb5';
  /** Ask the service to prove who it is. */
  readonly mutual?: boolean;
  readonly count?: number;
}

const program = `
const kerberos = (await import('kerberos')).default;
const { service, mechanism, mutual, count } = JSON.parse(process.argv[1]);
const tokens = [];
for (let made = 0; made < count; made += 1) {
  const mechOID = mechanism === 'krb5' ? kerberos.GSS_MECH_OID_KRB5 : kerberos.GSS_MECH_OID_SPNEGO;
  const client = await kerberos.initializeClient(service, { mechOID, flags: mutual ? kerberos.GSS_C_MUTUAL_FLAG : 0 });
  tokens.push(await client.step(''));
}
process.stdout.write(JSON.stringify(tokens));
`;

/** Each token has an authenticator of its own. */
export function negotiateTokens(request: TokenRequest): readonly Buffer[] {
  const { kdc, tickets, service = 'HTTP@localhost', mechanism = 'spnego', mutual = false, count = 1 } = request;
  const output = execFileSync(
    process.execPath,
    ['--input-type=module', '-e', program, JSON.stringify({ service, mechanism, mutual, count })],
    {
      env: { ...process.env, ...kdc.environment, KRB5CCNAME: `FILE:${tickets}` },
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const tokens: unknown = JSON.parse(output);
  if (!Array.isArray(tokens)) throw new Error('the client made no tokens');
  return tokens.map((token) => Buffer.from(String(token), 'base64'));
}
