/** @module Reading an answer as a service provider would: the message out of the page, values out of the message. */
import { formOf } from './html-page.ts';
import type { Reply } from './http-client.ts';

export interface PostedAnswer {
  readonly acsUrl: string;
  readonly xml: string;
  readonly relayState: string | undefined;
}

export function postedAnswer(page: Reply): PostedAnswer {
  const form = formOf(page.text);
  const message = form.fields['SAMLResponse'];
  if (message === undefined) throw new Error(`no SAMLResponse in the page at ${page.url} (${page.status})`);
  return {
    acsUrl: form.action,
    xml: Buffer.from(message, 'base64').toString('utf8'),
    relayState: form.fields['RelayState'],
  };
}

/** Attributes of the first element of this local name, by name; our documents are canonical, so all stand in double quotes. */
export function attributesOf(xml: string, element: string): Readonly<Record<string, string>> {
  const tag = new RegExp(`<(?:[\\w-]+:)?${element}(\\s[^>]*)?>`).exec(xml)?.[1] ?? '';
  return Object.fromEntries(
    [...tag.matchAll(/\s([\w:]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** The text of every element of this local name. */
export function textsOf(xml: string, element: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<(?:[\\w-]+:)?${element}(?:\\s[^>]*)?>([^<]*)<`, 'g'))].map(
    ([, text = '']) => text,
  );
}

/** The last part of each status code, outermost first. */
export function statusOf(xml: string): readonly string[] {
  return [...xml.matchAll(/<samlp:StatusCode Value="[^"]*:([A-Za-z]+)"/g)].map(([, code = '']) => code);
}
