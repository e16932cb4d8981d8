/** @module Lists of roles and tables of names as texts of options: `r1,r2` and `a=b,c;d=e`. */
import { z } from 'zod';
import { optionText } from '../spi/option-values.ts';

/** As JBoss splits a list of roles: at commas, not trimmed, without empty ones (jboss-facts §2.2). */
export function splitRoles(text: string): readonly string[] {
  return [...new Set(text.split(','))].filter((role) => role !== '');
}

/**
 * `name=text` pairs, separated by `;` and perhaps blanks around it. JBoss wants a Properties object here, which no option of its
 * XML can hold (jboss-facts §4.5).
 */
export const nameTable = optionText.transform((text, issues) => {
  const table = new Map<string, string>();
  for (const pair of text.split(';').map((one) => one.trim())) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals).trim();
    if (equals < 1 || equals === pair.length - 1 || name === '') {
      issues.addIssue({ code: 'custom', message: `must be name=value pairs with ; between them` });
      return z.NEVER;
    }
    if (table.has(name)) {
      issues.addIssue({ code: 'custom', message: `names "${name}" twice` });
      return z.NEVER;
    }
    table.set(name, pair.slice(equals + 1).trim());
  }
  return table;
});

/** The roles so far and some more, each once. */
export function withRoles(roles: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...roles, ...more])];
}
