/** @module What the native acceptor (MIT's GSS-API) says of many tokens; in a process of its own, whose replay cache is off. */
import { execFileSync } from 'node:child_process';
import type { Kdc } from './servers/kdc.ts';

/** `undefined`: refused. */
export type NativeVerdict = string | undefined;

const program = `
const { text } = await import('node:stream/consumers');
const kerberos = (await import('kerberos')).default;
const verdicts = [];
for (const token of JSON.parse(await text(process.stdin))) {
  const server = await kerberos.initializeServer('');
  try {
    await server.step(token);
    verdicts.push(server.contextComplete ? server.username : null);
  } catch {
    verdicts.push(null);
  }
}
process.stdout.write(JSON.stringify(verdicts));
`;

/** The client's principal, in the order of the tokens. */
export function nativeVerdicts(
  kdc: Pick<Kdc, 'environment'>,
  keytab: string,
  tokens: readonly Uint8Array[],
): readonly NativeVerdict[] {
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, ...kdc.environment, KRB5_KTNAME: `FILE:${keytab}`, KRB5RCACHENAME: 'none:' },
    input: JSON.stringify(tokens.map((token) => Buffer.from(token).toString('base64'))),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const verdicts: unknown = JSON.parse(output);
  if (!Array.isArray(verdicts)) throw new Error('the native acceptor said nothing');
  return verdicts.map((one) => (typeof one === 'string' ? one : undefined));
}
