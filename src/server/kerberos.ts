/** @module Kerberos acceptors as login modules get them: by implementation, with the files of the configuration folder. */
import { GatehouseError } from '../spi/errors.ts';
import type { KerberosAcceptor, KerberosAcceptorOptions } from '../spi/kerberos-acceptor.ts';

export type OpenKerberosAcceptor = (options: KerberosAcceptorOptions) => Promise<KerberosAcceptor>;

export function kerberosAcceptors(): OpenKerberosAcceptor {
  return async ({ implementation }) => {
    throw new GatehouseError('ERR_NOT_IN_THIS_VERSION', 'no such Kerberos acceptor', { facts: { implementation } });
  };
}
