/** @module What `gatehouse metadata partners` prints. */
import type { OfflineSource } from '../../server/saml-offline.ts';

/** Of a federation's thousands nobody reads more here; `--json` has all. */
const maxShown = 50;

export function printedPartners(sources: readonly OfflineSource[]): string {
  if (sources.length === 0) return 'saml-idp.partners is empty.\n';
  return sources.map(printedSource).join('\n');
}

function printedSource({ state, partners }: OfflineSource): string {
  const from = { file: 'the file', url: 'the address', copy: 'the copy of the last fetch' } as const;
  const facts = [
    `${state.kind} ${state.name}`,
    `  ${state.pinned ? 'pinned: its signature is checked' : 'not pinned'}`,
    state.from === undefined
      ? `  nothing is loaded${state.problem === undefined ? '; a running server asks for it' : `: ${state.problem}`}`
      : `  ${state.partners} from ${from[state.from]}${instant(' of ', state.fetchedAt)}${instant(', valid until ', state.validUntil)}`,
  ];
  const shown = partners.slice(0, maxShown).map(({ entityId, name, validUntil, keys, problem }) => {
    const head = `  ${entityId}${name === entityId || name === undefined ? '' : ` (${name})`}`;
    if (problem !== undefined) return `${head}\n    cannot be used: ${problem}`;
    return `${head}\n    ${keys.length === 0 ? 'no key for signing' : `signs with ${keys.join(', ')}`}${instant(', valid until ', validUntil)}`;
  });
  const rest = partners.length > maxShown ? [`  and ${partners.length - maxShown} more; --json has them`] : [];
  return `${[...facts, ...shown, ...rest].join('\n')}\n`;
}

function instant(before: string, at: number | undefined): string {
  return at === undefined ? '' : `${before}${new Date(at).toISOString()}`;
}
