/** @module What a client has to read in our pages: forms with their fields, links, the line with the decision. */

export interface HtmlForm {
  readonly action: string;
  readonly method: string;
  readonly fields: Readonly<Record<string, string>>;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };

function decoded(text: string): string {
  return text.replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole);
}

function attributeOf(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(tag)?.[1];
  return value === undefined ? undefined : decoded(value);
}

/** The forms of a page whose attributes stand in double quotes, as ours do. */
export function formsOf(markup: string): readonly HtmlForm[] {
  return [...markup.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/gi)].map(([text]) => {
    const fields: Record<string, string> = {};
    for (const [tag] of text.matchAll(/<input\b[^>]*>/gi)) {
      const name = attributeOf(tag, 'name');
      if (name !== undefined) fields[name] = attributeOf(tag, 'value') ?? '';
    }
    return {
      action: attributeOf(text, 'action') ?? '',
      method: (attributeOf(text, 'method') ?? 'get').toLowerCase(),
      fields,
    };
  });
}

export function formOf(markup: string): HtmlForm {
  const [form] = formsOf(markup);
  if (form === undefined) throw new Error(`no form in the page:\n${markup.slice(0, 2000)}`);
  return form;
}

/** Where the links of a page lead, by their text. */
export function linksOf(markup: string): ReadonlyMap<string, string> {
  const found = [...markup.matchAll(/<a\b[^>]*>([^<]*)<\/a>/gi)];
  return new Map(found.map(([tag, text = '']) => [decoded(text), attributeOf(tag, 'href') ?? '']));
}

/** The id after the word `Decision`; `undefined` where the page has none. */
export function decisionOf(markup: string): string | undefined {
  return /\bDecision ([0-9A-HJKMNP-TV-Z]{26})\b/.exec(markup)?.[1];
}

/** What a reader sees. */
export function textOf(markup: string): string {
  return decoded(
    markup
      .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' '),
  ).trim();
}
