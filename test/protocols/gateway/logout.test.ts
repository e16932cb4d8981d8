import { describe, expect, test } from 'vitest';
import { logoutAskedBy } from '../../../src/protocols/gateway/logout.ts';

describe('the query of an address of an application', () => {
  test.each([
    ['?GLO=true', '/logout?GLO=true'],
    ['?a=b&GLO=TRUE', '/logout?GLO=true'],
    ['?LLO=true', '/logout?LLO=true&application=shop%20%26%20co'],
    ['?LLO=true&GLO=true', '/logout?GLO=true'],
  ])('%s asks for a logout', (query, path) => {
    expect(logoutAskedBy(query, 'shop & co')).toBe(path);
  });

  test.each(['', '?', '?GLO=false', '?GLO', '?XGLO=true', '?a=GLO=true', '?glo=true'])('%s asks for none', (query) => {
    expect(logoutAskedBy(query, 'shop')).toBeUndefined();
  });
});
