/** @module Our own acceptor under the suite of all acceptors, with tickets of a real KDC. */
import { kerberosAcceptorConformance } from '../../conformance/kerberos-acceptor.ts';
import { openOwnAcceptor } from '../../support/own-acceptor.ts';

kerberosAcceptorConformance({
  implementation: 'own',
  ownClock: true,
  exactKeyFailures: true,
  open: (wishes) => openOwnAcceptor(wishes),
});
