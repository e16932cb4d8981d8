/** @module `gatehouse metadata lint`: a document from a file or an address, judged by the linter and by the OASIS schema. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { readBounded, readBoundedText } from '../../adapters/bounded-file.ts';
import { pemBlocks } from '../../adapters/pki/pem.ts';
import { createDocumentFetch } from '../../adapters/web/document-fetch.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { finding, type LintFinding } from '../../wire/saml/lint/finding.ts';
import { type LintReport, lintMetadata } from '../../wire/saml/lint/lint.ts';
import { parseInstant } from '../../wire/saml/values.ts';
import { aggregateLimits } from '../../wire/xml/limits.ts';
import type { ExitCode } from '../command.ts';
import { schemasFolder } from '../schemas-folder.ts';

export interface LintValues {
  readonly json?: boolean | undefined;
  readonly as?: string | undefined;
  readonly encrypt?: boolean | undefined;
  readonly 'signing-certificate'?: string | undefined;
  readonly 'allow-private-addresses'?: string | undefined;
  readonly at?: string | undefined;
}

const timeoutMs = 60_000;
const maxPemBytes = 1024 * 1024;

/** libxml2 holds the whole tree: what is larger is judged by the linter alone. */
const maxSchemaBytes = 16 * 1024 * 1024;

const faults = { partner: 'the partner', publisher: 'the publisher', here: 'here' } as const;

export async function lint(where: string, values: LintValues, wrong: (problem: string) => ExitCode): Promise<ExitCode> {
  const { as = 'sp', at } = values;
  if (as !== 'sp' && as !== 'idp') return wrong('--as is sp or idp');
  const now = at === undefined ? Date.now() : parseInstant(at);
  if (now === undefined) return wrong('--at is no instant such as 2026-01-01T00:00:00Z');
  const bytes = await read(where, values['allow-private-addresses']?.split(',') ?? []);
  const pins = await pinsIn(values['signing-certificate']);
  const linted = lintMetadata(bytes, { as, now, encrypt: values.encrypt === true, pins });
  const report = { ...linted, findings: [...linted.findings, ...(await schemaFindings(bytes, linted))] };
  process.stdout.write(values.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : printed(where, report));
  return report.findings.some(({ level }) => level === 'error') ? 1 : 0;
}

/** @throws ERR_STORE_UNAVAILABLE */
async function read(where: string, allowPrivateAddresses: readonly string[]): Promise<Buffer> {
  if (!/^https?:\/\//i.test(where)) {
    const reading = await readBounded(where, aggregateLimits.maxBytes);
    if (reading.status === 'read') return reading.bytes;
    const problem = reading.status === 'unchanged' ? 'unchanged' : reading.problem;
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the file cannot be read', { facts: { file: where, problem } });
  }
  const fetch = createDocumentFetch({ maxBytes: aggregateLimits.maxBytes, timeoutMs, allowPrivateAddresses });
  const answer = await fetch({ url: where, accept: 'application/samlmetadata+xml' }, new AbortController().signal);
  if (answer.status === 'fetched') return answer.bytes;
  throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'there is no metadata at this address', { facts: { url: where } });
}

async function pinsIn(file: string | undefined): Promise<readonly KeyObject[] | undefined> {
  if (file === undefined) return undefined;
  const read = await readBoundedText(file, maxPemBytes);
  if ('problem' in read) {
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the file cannot be read', {
      facts: { file, problem: read.problem },
    });
  }
  return pemBlocks(read.text, 'CERTIFICATE').map((block) => new X509Certificate(block).publicKey);
}

async function schemaFindings(bytes: Buffer, { findings }: LintReport): Promise<readonly LintFinding[]> {
  if (bytes.length > maxSchemaBytes || findings.some(({ code }) => code === 'not-read')) return [];
  const { loadSamlSchemas } = await import('../../adapters/saml-schemas.ts');
  const schemas = await loadSamlSchemas(schemasFolder, ['metadata']);
  try {
    schemas.validate('metadata', bytes.toString('utf8'));
    return [];
  } catch (error) {
    if (!(error instanceof GatehouseError) || error.code !== 'ERR_XML_SCHEMA') throw error;
    return [finding('schema-invalid', { detail: `line ${error.facts['line']}: ${error.facts['detail']}` })];
  }
}

function printed(where: string, { entities, findings, isCut }: LintReport): string {
  const counted = `${entities} ${entities === 1 ? 'entity' : 'entities'}`;
  if (findings.length === 0) return `${where}: ${counted}, nothing wrong.\n`;
  const blocks = findings.map(
    ({ level, code, message, detail, entityId, fault, clause, fix }) =>
      `${level} ${code}${entityId === undefined ? '' : ` · ${entityId}`}\n  ${message}${detail === undefined ? '.' : `: ${detail}`}\n  whose fault: ${faults[fault]} (${clause})\n  fix: ${fix}\n`,
  );
  const more = isCut ? 'There are more; only the first are shown.\n' : '';
  return `${blocks.join('\n')}\n${more}${where}: ${counted}, ${levelCount(findings, 'error')}, ${levelCount(findings, 'warning')}.\n`;
}

function levelCount(findings: readonly LintFinding[], wanted: LintFinding['level']): string {
  const count = findings.filter(({ level }) => level === wanted).length;
  return `${count} ${wanted}${count === 1 ? '' : 's'}`;
}
