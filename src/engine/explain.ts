/** @module A decision in words: the trace as a text that a person on support can read in a terminal. */
import type { AuditEvent } from '../spi/audit.ts';
import type { AuthorizationDecision, AuthorizationRequest } from '../spi/authorization.ts';
import type {
  AuthorizationStep,
  ConfigurationPlace,
  DecisionTrace,
  MappingStep,
  MechanismStep,
} from '../spi/decision-trace.ts';
import { authorizationStory, type Circumstances, loginStory, type Story } from './explain-story.ts';

type Row = readonly string[];

export interface ExplainOptions {
  /** The text of a line of configuration, without secrets; `undefined` where it is not at hand. */
  readonly source?: (place: ConfigurationPlace) => string | undefined;
  /** For a terminal: bold and colours. */
  readonly color?: boolean;
  /** What is known beside the trace. */
  readonly around?: Circumstances;
}

/**
 * The trace as a text that ends with a line feed: a plain sentence, what follows, then aligned lines, one for each step
 * with its line of configuration. Control and direction characters are escaped: names come from outside, terminals obey them.
 */
export function explainTrace(trace: DecisionTrace, options: ExplainOptions = {}): string {
  return explained(trace, [], options);
}

/** An audit event in the same form: for a login the whole trace, and whose it was, from where and on the way to what. */
export function explainEvent(event: AuditEvent, options: ExplainOptions = {}): string {
  if (event.trace !== undefined) return explained(event.trace, eventRows(event), { ...options, around: event });
  const when = ['when', new Date(event.at).toISOString()];
  const reason = event.reason === undefined ? [] : [['reason', event.reason]];
  const domain = event.domain === undefined ? [] : [['domain', event.domain]];
  const story = event.type === 'authorization' ? authorizationStory(event) : undefined;
  const steps = event.authorization ?? [];
  return textOf([
    [heading(`Decision ${visible(event.id)}: ${event.type}, ${event.outcome}`, event.outcome === 'success', options)],
    storyLines(story),
    [...table([...reason, when, ...domain, ...eventRows(event)])],
    section('Mapping', mappingRows(event.mapping ?? [])),
    section('Authorization', authorizationRows(steps)),
    section('Configuration', sourceRows(steps, options)),
  ]);
}

/** What an application would answer, as a paragraph that follows a trace. */
export function explainAccess(
  asked: Omit<AuthorizationRequest, 'roles'>,
  answer: Pick<AuthorizationDecision, 'decision' | 'reason'> & {
    readonly mapping?: readonly MappingStep[];
    readonly steps: readonly AuthorizationStep[];
  },
): string {
  const scheme = asked.confidential ? 'HTTPS' : 'HTTP';
  const request = `${asked.method} ${asked.path} of ${asked.application} over ${scheme}`;
  const title = visible(`${request}: ${answer.decision}, ${answer.reason}`);
  const mapping = mappingRows(answer.mapping ?? []);
  const steps = authorizationRows(answer.steps);
  // Only where there are steps of both kinds do they need headings.
  if (mapping.length === 0) return textOf([[title, ...table(steps)]]);
  return textOf([[title], section('Mapping in this application', mapping), section('Authorization', steps)]);
}

function explained(trace: DecisionTrace, more: readonly Row[], options: ExplainOptions): string {
  const good = trace.outcome === 'authenticated' || trace.outcome === 'challenge';
  return textOf([
    [heading(`Decision ${visible(trace.id)}: ${outcomeWords[trace.outcome]}`, good, options)],
    storyLines(loginStory(trace, options.around ?? {})),
    table([...summaryRows(trace), ...more]),
    section('Mechanisms', mechanismRows(trace.mechanisms ?? [])),
    section('Login modules', moduleRows(trace)),
    section('Mapping', mappingRows(trace.mapping)),
    section('Authorization', authorizationRows(trace.authorization)),
    section('Configuration', sourceRows([...trace.modules, ...trace.mapping, ...trace.authorization], options)),
  ]);
}

function storyLines(story: Story | undefined): readonly string[] {
  if (story === undefined) return [];
  const { means, next } = story.advice ?? {};
  return [
    visible(story.sentence),
    ...(means === undefined ? [] : [visible(`What it means: ${means}`)]),
    ...(next === undefined ? [] : [visible(`What to do: ${next}`)]),
  ];
}

function heading(text: string, good: boolean, { color }: ExplainOptions): string {
  return color === true ? `\u001b[1;${good ? 32 : 31}m${text}\u001b[0m` : text;
}

/** Each line of configuration once, as it is written. */
function sourceRows(
  steps: readonly { readonly place?: ConfigurationPlace }[],
  { source = () => undefined }: ExplainOptions,
): Row[] {
  const rows = new Map<string, Row>();
  for (const { place } of steps) {
    const text = place && source(place);
    if (text !== undefined) rows.set(placeWords(place), [placeWords(place), text]);
  }
  return [...rows.values()];
}

/** What the event knows and no trace does. On a denied login the name is the one that was claimed. */
function eventRows(event: AuditEvent): Row[] {
  const name = event.outcome === 'success' ? 'principal' : 'claimed name';
  const facts: readonly (readonly [string, string | undefined])[] = [
    [name, event.outcome === 'success' && event.trace !== undefined ? undefined : event.principal],
    ['from', event.sourceAddress],
    ['application', event.application],
    ['path', event.path],
    ['follows from', event.decision === event.trace?.id ? undefined : event.decision],
    ['node', event.node],
  ];
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [[label, value]]));
}

function textOf(paragraphs: readonly (readonly string[])[]): string {
  const shown = paragraphs.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const outcomeWords: Readonly<Record<DecisionTrace['outcome'], string>> = {
  authenticated: 'authenticated',
  challenge: 'one more leg asked for',
  denied: 'denied',
  unavailable: 'denied, because a store could not be asked',
  bug: 'denied, because of a bug',
};

function summaryRows(trace: DecisionTrace): Row[] {
  const at = new Date(trace.at);
  return [
    ['decided by', trace.decidedBy],
    ['when', `${Number.isNaN(at.getTime()) ? trace.at : at.toISOString()}, took ${trace.ms} ms`],
    ['domain', trace.domain],
    ['evidence', `${trace.evidence}, read by ${trace.mechanism}`],
    ...(trace.challenge === undefined ? [] : [['asked for', trace.challenge]]),
    ...(trace.principal === undefined ? [] : [['principal', trace.principal]]),
    ['roles', list(trace.roles)],
    ['configuration', trace.configRevision],
    ...(trace.dryRun ? [['dry run', 'yes: nothing was changed, and nobody logged in']] : []),
  ];
}

function mechanismRows(steps: readonly MechanismStep[]): Row[] {
  return steps.map((step, position) => [
    `${position + 1}.`,
    step.flag,
    step.mechanism,
    step.outcome,
    placeWords(step.place),
    [step.reason ?? [], ...labelled('decision', step.decision === undefined ? [] : [step.decision])].flat().join('; '),
  ]);
}

function moduleRows(trace: DecisionTrace): Row[] {
  return trace.modules.map((step, position) => [
    `${position + 1}.`,
    step.flag,
    step.name === step.code ? step.code : `${step.name} (${step.code})`,
    step.stacked ? `${step.outcome} (stacked)` : step.outcome,
    step.outcome === 'not-reached' ? '-' : `${step.ms.toFixed(3)} ms`,
    placeWords(step.place),
    [
      ...(step.reason === undefined ? [] : [step.reason]),
      ...labelled('principals', step.principals),
      ...labelled('roles', step.roles),
      ...labelled('removed', step.removedRoles),
    ].join('; '),
  ]);
}

function mappingRows(steps: readonly MappingStep[]): Row[] {
  return steps.map((step, position) => [
    `${position + 1}.`,
    step.type,
    step.code,
    placeWords(step.place),
    step.fault === undefined ? `${list(step.before)} -> ${list(step.after)}` : `failed: ${step.fault}`,
  ]);
}

function authorizationRows(steps: readonly AuthorizationStep[]): Row[] {
  // The constraints stand before the list of modules and have no flag: they hold whatever it says.
  const flagged = steps.some(({ flag }) => flag !== undefined);
  return steps.map((step, position) => [
    `${position + 1}.`,
    ...(flagged ? [step.flag ?? '-'] : []),
    step.code,
    step.decision,
    placeWords(step.place),
    step.reason,
  ]);
}

function section(title: string, rows: readonly Row[]): readonly string[] {
  return rows.length === 0 ? [] : [title, ...table(rows)];
}

/** Indented rows with columns of equal width; a line has no blanks at its end. */
function table(rows: readonly Row[]): readonly string[] {
  const safe = rows.map((row) => row.map(visible));
  const widths: number[] = [];
  for (const row of safe) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, [...cell].length);
  }
  return safe.map((row) => {
    const cells = row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length));
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

function labelled(label: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [`${label}: ${list(values)}`];
}

function list(values: readonly string[]): string {
  return values.length === 0 ? '(none)' : values.join(', ');
}

function placeWords(place: ConfigurationPlace | undefined): string {
  return place === undefined ? '-' : `${place.file}:${place.line}`;
}

/** Cc, Cf (direction marks among them), line and paragraph separators and lone surrogates, as `\u{…}`. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return `\\u{${point.toString(16)}}`;
  });
}
