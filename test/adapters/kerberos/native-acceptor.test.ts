/** @module The acceptor of the system's library under the suite of all acceptors, with tickets of a real KDC. */
import { describe, expect, it } from 'vitest';
import { createNativeAcceptor, createTurns } from '../../../src/adapters/kerberos/native-acceptor.ts';
import { failureOf } from '../../../src/adapters/kerberos/native-failures.ts';
import { createMemoryEphemeralStore } from '../../../src/adapters/memory-ephemeral-store.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import { kerberosAcceptorConformance } from '../../conformance/kerberos-acceptor.ts';

const services = () => ({
  ephemeral: createMemoryEphemeralStore({ clock: systemClock }),
  folder: '/',
  inTurn: createTurns(),
});
const options = { trustedRealms: [], clockSkewMs: 300_000 };

kerberosAcceptorConformance({
  implementation: 'native',
  ownClock: false,
  exactKeyFailures: false,
  open({ keytabs, principal, trustedRealms = [] }, kdc) {
    // The library looks for it in the environment of this process.
    Object.assign(process.env, kdc.environment);
    const wishes = { ...options, keytabs, trustedRealms, ...(principal === undefined ? {} : { principal }) };
    return createNativeAcceptor(wishes, services());
  },
});

describe('the native acceptor', () => {
  it.each([[[]], [['a.keytab', 'b.keytab']]])('takes one keytab, and not %j', async (keytabs) => {
    const creating = createNativeAcceptor({ ...options, keytabs }, services());
    await expect(creating).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });
});

describe('a text of the library', () => {
  const unspecified = 'Unspecified GSS failure.  Minor code may provide more information: ';
  it.each([
    [`${unspecified}Request is a replay`, 'REPLAY'],
    [`${unspecified}Clock skew too great`, 'SKEW'],
    [`${unspecified}Ticket expired`, 'EXPIRED'],
    [`${unspecified}Request ticket server HTTP/a@B kvno 3 not found in keytab; keytab is likely out of date`, 'KVNO'],
    [`${unspecified}Request ticket server HTTP/a@B not found in keytab (ticket kvno 2)`, 'NOT_FOR_US'],
    [
      "No credentials were supplied, or the credentials were unavailable or inaccessible: Key table file '/x' not found",
      'NO_KEY',
    ],
    ['SPNEGO cannot find mechanisms to negotiate', 'NO_KEY'],
    ['An unsupported mechanism was requested: Unknown error', 'NO_KERBEROS'],
    ['Invalid token was supplied: Success', 'MALFORMED'],
  ])('%j is %s', (message, failure) => {
    expect(failureOf(message)).toMatchObject({ failure });
  });
});
