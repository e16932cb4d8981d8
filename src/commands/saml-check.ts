/** @module `gatehouse saml-check`: says of a SAML message what the endpoints would say, and why, whose fault it is and what to do. */
import { parseArgs } from 'node:util';
import { readBoundedText } from '../adapters/bounded-file.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Command, ExitCode } from './command.ts';
import { createJudge, type Judge } from './saml-check/judge.ts';
import { type CaseFields, completeCase, folderOf, parseFields, type SamlCase } from './saml-check/saml-case.ts';
import { printedVerdict, type Verdict } from './saml-check/verdict.ts';
import { schemasFolder } from './schemas-folder.ts';
import { readStandardInput } from './standard-input.ts';

const help = `Usage: gatehouse saml-check <message> --as sp|idp --entity-id <ours> --partner-metadata <file> [options]
       gatehouse saml-check --batch <cases.jsonl> [options]

Judges a SAML message with the very checks of the endpoints: a Response or ArtifactResponse as a service provider (--as sp),
an AuthnRequest or ArtifactResolve as an identity provider (--as idp), logout requests and responses as either. Needs no
server and changes nothing.

  <message>                 a file, or - for standard input: XML, a SOAP envelope, base64 or a form as it was posted, the
                            URL or query of a redirect, or a recording of a browser's network (HAR)
  --as sp|idp               who we are
  --entity-id <id>          our own entityID
  --partner-metadata <f>    metadata of the other side; several entities are allowed
  --acs <url>               as sp: our assertion consumer service. Without it Destination and Recipient are not checked
  --sso <url>               as idp: our single sign-on service. Default: <entity-id>/sso where that ends in /saml/idp;
                            else Destination is not checked
  --slo <url>               our single logout service, of logout messages. Default and rule as of --sso
  --in-response-to <id>     the request that was sent. Without it only a Response that nobody asked for is right
  --at <instant>            decide as at this time (ISO 8601); default now
  --skew <s>                how far the clocks may be apart, default 60
  --max-authn-age <s>       how long ago the person may have signed in, default 86400
  --decrypt-key <file>      our private key, PEM, for encrypted parts
  --allow-cbc               also open what is encrypted in CBC mode
  --require-signed          as idp: unsigned requests are refused whatever the metadata says
  --binding post|redirect   how it came; by default it shows
  --batch <file>            one case a line, in JSON, with the names of these options as keys and message (XML or base64),
                            file or query; what a line says counts, null takes an option away. One verdict a line in JSON.
                            A message that was accepted in the batch is refused as replayed when it comes again.
  --no-replay               in a batch: each case for itself
  --json                    the verdict as JSON

Exit codes: 0 accept, 1 refuse, 2 wrong usage. Of a batch: 0 when every case was accepted, or was as its "expect" says
(accept, refuse, or an error code). "docs/saml-check.md" has more.
`;

const options = {
  home: { type: 'string' },
  json: { type: 'boolean' },
  batch: { type: 'string' },
  'no-replay': { type: 'boolean' },
  as: { type: 'string' },
  'entity-id': { type: 'string' },
  'partner-metadata': { type: 'string' },
  acs: { type: 'string' },
  sso: { type: 'string' },
  slo: { type: 'string' },
  'in-response-to': { type: 'string' },
  at: { type: 'string' },
  skew: { type: 'string' },
  'max-authn-age': { type: 'string' },
  'decrypt-key': { type: 'string' },
  'allow-cbc': { type: 'boolean' },
  'require-signed': { type: 'boolean' },
  binding: { type: 'string' },
} as const;

/** A thousand large messages. */
const maxBatchBytes = 512 * 1024 * 1024;

export const samlCheck: Command = {
  summary: 'judge a SAML message: accept or refuse, why, whose fault',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const { home: _home, json = false, batch, 'no-replay': noReplay = false, ...flags } = values;
    const [file, ...more] = positionals;
    if (more.length > 0 || (file === undefined) === (batch === undefined)) {
      return wrong('say one message, or --batch');
    }
    const parsed = parseFields({ ...flags, ...(file === undefined ? {} : { file }) }, process.cwd());
    if ('problem' in parsed) return wrong(`--${parsed.problem}`);
    const judge = createJudge({ schemasFolder, readStandardInput, remember: batch !== undefined && !noReplay });
    return batch === undefined ? checkOne(parsed.value, judge, json) : checkBatch(batch, parsed.value, judge);
  },
};

async function checkOne(fields: CaseFields, judge: Judge, json: boolean): Promise<ExitCode> {
  const complete = completeCase({}, fields);
  if ('problem' in complete) return wrong(complete.problem);
  const verdict = await judgeOrProblem(complete.value, judge);
  if ('problem' in verdict) return wrong(verdict.problem);
  process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : printedVerdict(verdict));
  return verdict.verdict === 'accept' ? 0 : 1;
}

async function checkBatch(batch: string, flags: CaseFields, judge: Judge): Promise<ExitCode> {
  const read =
    batch === '-'
      ? { text: (await readStandardInput()).toString('utf8') }
      : await readBoundedText(batch, maxBatchBytes);
  if ('problem' in read) return wrong(`the batch cannot be read: ${read.problem}`);
  let exitCode: ExitCode = 0;
  for (const [index, line] of read.text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed = parseFields(parsedJson(line), folderOf(batch));
    const complete = 'problem' in parsed ? parsed : completeCase(flags, parsed.value);
    const verdict = 'problem' in complete ? complete : await judgeOrProblem(complete.value, judge);
    if ('problem' in verdict) {
      process.stdout.write(`${JSON.stringify({ line: index + 1, verdict: 'error', problem: verdict.problem })}\n`);
      exitCode = 2;
      continue;
    }
    const expect = 'value' in complete ? complete.value.expect : undefined;
    const asExpected = expect === undefined ? undefined : isAsExpected(verdict, expect);
    process.stdout.write(`${JSON.stringify({ line: index + 1, ...verdict, asExpected })}\n`);
    if (exitCode === 0 && !(asExpected ?? verdict.verdict === 'accept')) exitCode = 1;
  }
  return exitCode;
}

async function judgeOrProblem(one: SamlCase, judge: Judge): Promise<Verdict | { readonly problem: string }> {
  try {
    return await judge(one);
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    const facts = Object.entries(error.facts).map(([name, value]) => `${name}: ${value}`);
    return { problem: [error.message, ...facts].join('; ') };
  }
}

function isAsExpected(verdict: Verdict, expect: string): boolean {
  return expect === verdict.verdict || (verdict.verdict === 'refuse' && expect === verdict.code);
}

/** `undefined` is no case, and the schema says so. */
function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function wrong(problem: string): ExitCode {
  process.stderr.write(`gatehouse saml-check: ${problem}.\nTry "gatehouse saml-check --help".\n`);
  return 2;
}
