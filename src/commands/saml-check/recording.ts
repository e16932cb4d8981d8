/** @module A browser's recording of its network (HAR 1.2): the message in it that somebody means. */
import { z } from 'zod';
import type { Side } from './kinds.ts';

const recording = z.object({
  log: z.object({
    entries: z.array(
      z.object({
        request: z.object({ url: z.string(), postData: z.object({ text: z.string().optional() }).optional() }),
      }),
    ),
  }),
});

/**
 * The form or the URL that carried the last message for this side; `undefined` when the text is no recording or has none:
 * then it is read as what it is.
 */
export function recordedQuery(text: string, as: Side): string | undefined {
  if (!text.startsWith('{')) return undefined;
  const parsed = recording.safeParse(parsedJson(text));
  if (!parsed.success) return undefined;
  const carried = parsed.data.log.entries.flatMap(({ request: { url, postData } }) => [
    ...(postData?.text === undefined ? [] : [postData.text]),
    url,
  ]);
  const names = as === 'sp' ? ['SAMLResponse', 'SAMLRequest'] : ['SAMLRequest', 'SAMLResponse'];
  for (const name of names) {
    const found = carried.findLast((one) => new RegExp(`(?:^|[?&])${name}=`).test(one));
    if (found !== undefined) return found;
  }
  return undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
