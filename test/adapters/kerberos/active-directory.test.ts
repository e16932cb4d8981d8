/** @module Tickets of a real Active Directory (Samba): the groups in their PAC, nested ones too, under the domain's signature. */
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { negotiateTokens } from '../../support/negotiate-tokens.ts';
import { openOwnAcceptor } from '../../support/own-acceptor.ts';
import { type SambaRealm, startSambaRealm } from '../../support/servers/samba-kerberos.ts';
import { realm } from '../../support/servers/samba-people.ts';

const patient = new AbortController().signal;
let directory: SambaRealm;
beforeAll(async () => {
  directory = await startSambaRealm();
});
afterAll(() => directory.close());

async function accepted(name: string) {
  const acceptor = await openOwnAcceptor({ keytabs: [directory.keytab] });
  onTestFinished(() => acceptor.close());
  const [token] = negotiateTokens({ kdc: directory, tickets: directory.login(name) });
  const verdict = await acceptor.accept({ token: token! }, patient);
  if (verdict.status !== 'accepted') throw new Error(`${name} is not accepted`);
  return verdict;
}

it('a person of the directory is accepted', async () => {
  expect(await accepted('hnelson')).toMatchObject({ client: { name: 'hnelson', realm }, enctype: 18 });
});

it('has the groups that they are in, and those that these are in', async () => {
  const { groupSids } = await accepted('hnelson');
  const expected = ['ops', 'admins', 'staff', 'ring', 'Domain Users'].map((name) => directory.groupSid(name));
  expect(groupSids?.filter((sid) => sid.startsWith('S-1-5-21-')).toSorted()).toEqual(expected.toSorted());
});

it('has no group that another person is in', async () => {
  const { groupSids } = await accepted('jdoe');
  expect(groupSids).toContain(directory.groupSid('staff'));
  expect(groupSids).not.toContain(directory.groupSid('ops'));
});
