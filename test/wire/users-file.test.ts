/** @module JBoss's user files: the realm marker, disabled users, and the change of one line. */
import { describe, expect, it } from 'vitest';
import { buildUsersFile, parseUsersFile, setUser } from '../../src/wire/users-file.ts';

const hash = '14ffac412569a860b99a35c11577cace';
const other = 'd88c4d8022a92a3a8f9eb7f22a2e6053';
const text = [
  '# Properties declaration of users. The format is',
  "# username=HEX( MD5( username ':' realm ':' password))",
  `#off\\=line=${other}`,
  '#$REALM_NAME=ManagementRealm$ This line is used by the add-user utility.',
  `admin=${hash}`,
  `#later=${other}`,
  '',
].join('\n');

describe('parseUsersFile', () => {
  it('finds the realm marker', () => {
    expect(parseUsersFile(text).realm).toBe('ManagementRealm');
    expect(parseUsersFile('a=b').realm).toBeUndefined();
  });

  it('has the enabled users', () => {
    expect([...parseUsersFile(text).users]).toEqual([['admin', hash]]);
  });

  it('does not have who is commented out', () => {
    expect([...parseUsersFile(text).users.keys()]).toEqual(['admin']);
  });
});

describe('setUser', () => {
  it('changes an enabled user in his place', () => {
    expect(setUser(text, { name: 'admin', value: other })).toBe(text.replace(hash, other));
  });

  it('leaves a disabled user disabled when his hash changes', () => {
    expect(setUser(text, { name: 'later', value: hash })).toBe(text.replace(`#later=${other}`, `#later=${hash}`));
  });

  it('finds a disabled user by a name with escaped characters, behind prose that looks like one', () => {
    expect(setUser(text, { name: 'off=line', value: hash })).toBe(text.replace(`line=${other}`, `line=${hash}`));
  });

  it('counts a user as enabled who has an old disabled line too, and removes that line', () => {
    expect(setUser(`#admin=${other}\nadmin=${hash}\n`, { name: 'admin', value: other })).toBe(`admin=${other}\n`);
  });

  it('takes no prose for a disabled user', () => {
    const added = setUser('# username=HEX(...)\n', { name: 'username', value: hash });
    expect(added).toBe(`# username=HEX(...)\nusername=${hash}\n`);
  });

  it('takes no continuation line for a disabled user', () => {
    expect(setUser(`a=b\\\n#x=${hash}\n`, { name: 'x', value: hash })).toBe(`a=b\\\n#x=${hash}\nx=${hash}\n`);
  });

  it('adds a user to a new file', () => {
    const file = setUser(buildUsersFile('ApplicationRealm'), { name: 'řehoř', value: hash });
    expect(parseUsersFile(file)).toEqual({
      realm: 'ApplicationRealm',
      users: new Map([['řehoř', hash]]),
    });
  });
});
