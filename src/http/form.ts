/** @module Reading `application/x-www-form-urlencoded` bodies and query strings, with limits, and no field silently twice. */
import { GatehouseError } from '../spi/errors.ts';

/** Most of our forms have three fields and a SAML post has two; nothing honest comes near. */
export const maxFields = 32;

export interface FormFields {
  /** Fields that came exactly once. */
  readonly fields: Readonly<Record<string, string>>;
  /** Names that came more than once: they are not in `fields`, because two readers could pick two values. */
  readonly repeated: readonly string[];
}

/** WHATWG URL §5.1. @throws ERR_REQUEST_MALFORMED above `maxFields`. */
export function parseForm(text: string): FormFields {
  checkCount(text);
  const fields: Record<string, string> = Object.create(null);
  const repeated = new Set<string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in fields) repeated.add(name);
    fields[name] = value;
  }
  for (const name of repeated) delete fields[name];
  return { fields, repeated: [...repeated] };
}

/** Before anything is decoded: a body of nothing but separators would cost more than it did to send. */
function checkCount(text: string): void {
  let count = 1;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    count += 1;
    if (count > maxFields) {
      throw new GatehouseError('ERR_REQUEST_MALFORMED', 'too many form fields', { facts: { maxFields } });
    }
  }
}

/** The one value of a field that is needed. @throws ERR_REQUEST_MALFORMED when it is absent or came twice. */
export function requiredField(form: FormFields, name: string): string {
  const value = form.fields[name];
  if (value === undefined) {
    throw new GatehouseError('ERR_REQUEST_MALFORMED', 'a form field is missing or came twice', {
      facts: { field: name },
    });
  }
  return value;
}
