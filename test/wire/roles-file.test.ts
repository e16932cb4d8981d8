/** @module Role and group files: the grammar of UsersRoles, and that of realms. */
import { describe, expect, it } from 'vitest';
import { parseProperties } from '../../src/wire/properties-file.ts';
import { parseGroupsFile, rolesOf } from '../../src/wire/roles-file.ts';

const roles = (text: string, user: string, separator = '.') => rolesOf(parseProperties(text), user, separator);

describe('rolesOf', () => {
  it('joins the plain line and the group Roles without repetition', () => {
    expect(roles('u=a,b\nu.Roles=b,c', 'u').roles).toEqual(['a', 'b', 'c']);
  });

  it('drops empty role names and keeps blanks', () => {
    expect(roles('u=a,, b,', 'u').roles).toEqual(['a', ' b']);
  });

  it('has no roles for who is not in the file', () => {
    expect(roles('u=a', 'v')).toEqual({ roles: [], groups: {} });
  });

  it('takes no other user whose name begins the same', () => {
    expect(roles('uv=a\nuv.Roles=b', 'u').roles).toEqual([]);
  });

  it('looks for the separator behind the whole name', () => {
    expect(roles('a.b.Roles=x\na.b=y', 'a.b').roles).toEqual(['x', 'y']);
  });

  it('gives the first member of CallerPrincipal', () => {
    expect(roles('u.CallerPrincipal=x,y', 'u').callerPrincipal).toBe('x');
  });

  it('gives every other group by name', () => {
    expect(roles('u-__proto__=a,b', 'u', '-').groups).toEqual(JSON.parse('{"__proto__":["a","b"]}'));
  });
});

describe('parseGroupsFile', () => {
  it('trims groups and drops empty and repeated ones', () => {
    expect(parseGroupsFile('u= a , ,b,a\nv=')).toEqual(
      new Map([
        ['u', ['a', 'b']],
        ['v', []],
      ]),
    );
  });
});
