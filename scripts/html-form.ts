/** @module Reads the one form of a server-rendered page, as a browser would submit it. For the smoke login and for tests. */

export interface HtmlForm {
  /** As written: relative to the page's address. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return entities[name] ?? whole;
  });
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(tag)?.[1];
  return value === undefined ? undefined : decode(value);
}

/** The first form with method POST; `undefined` when the page has none. */
export function parseForm(page: string): HtmlForm | undefined {
  const forms = page.matchAll(/(<form\b[^>]*>)([\s\S]*?)<\/form>/gi);
  for (const [, tag = '', content = ''] of forms) {
    if (attribute(tag, 'method')?.toLowerCase() !== 'post') continue;
    const inputs = [...content.matchAll(/<input\b[^>]*>/gi)].map(([input]) => input);
    const fields = inputs.flatMap((input) => {
      const name = attribute(input, 'name');
      return name === undefined ? [] : [[name, attribute(input, 'value') ?? ''] as const];
    });
    return { action: attribute(tag, 'action') ?? '', fields: Object.fromEntries(fields) };
  }
  return undefined;
}
