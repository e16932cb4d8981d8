import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxFields, parseForm, requiredField } from '../../src/http/form.ts';
import { GatehouseError } from '../../src/spi/errors.ts';

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof GatehouseError) return error.code;
    throw error;
  }
  return undefined;
}

describe('parseForm', () => {
  it('decodes plus signs and percent encoding', () => {
    expect(parseForm('j_username=a+b%26c&x=').fields).toEqual({ j_username: 'a b&c', x: '' });
  });

  it('takes neither value of a field that came twice, and names it', () => {
    const form = parseForm('csrf=1&a=1&a=2');
    expect({ ...form.fields }).toEqual({ csrf: '1' });
    expect(form.repeated).toEqual(['a']);
  });

  it('takes a field that is called like a property of every object for a field', () => {
    expect(parseForm('__proto__=x&constructor=y').fields['constructor']).toBe('y');
    expect(parseForm('a=b').fields['constructor']).toBeUndefined();
  });

  it('refuses one field more than the limit', () => {
    const fields = (count: number) => Array.from({ length: count }, (_, index) => `f${index}=1`).join('&');
    expect(codeOf(() => parseForm(fields(maxFields)))).toBeUndefined();
    expect(codeOf(() => parseForm(fields(maxFields + 1)))).toBe('ERR_REQUEST_MALFORMED');
  });

  it('gives back every field that was encoded by the rules', () => {
    const fields = fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' }), {
      maxKeys: maxFields,
    });
    fc.assert(
      fc.property(fields, (record) => {
        expect({ ...parseForm(new URLSearchParams(record).toString()).fields }).toEqual({ ...record });
      }),
    );
  });

  it('reads any text whatever without another error than its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        expect([undefined, 'ERR_REQUEST_MALFORMED']).toContain(codeOf(() => parseForm(text)));
      }),
    );
  });
});

describe('requiredField', () => {
  it('refuses a field that is absent or came twice', () => {
    expect(codeOf(() => requiredField(parseForm('a=1'), 'csrf'))).toBe('ERR_REQUEST_MALFORMED');
    expect(codeOf(() => requiredField(parseForm('csrf=1&csrf=1'), 'csrf'))).toBe('ERR_REQUEST_MALFORMED');
    expect(requiredField(parseForm('csrf=1'), 'csrf')).toBe('1');
  });
});
