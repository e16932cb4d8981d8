/** @module Security domains as login modules of other domains ask them: found by name when they are first asked. */
import { GatehouseError } from '../spi/errors.ts';
import type { ModuleEvidence } from '../spi/evidence.ts';
import type { KerberosAcceptor } from '../spi/kerberos-acceptor.ts';
import type { LoginRequest, LoginResult, OtherDomain } from '../spi/security-domain.ts';

/** A domain that is there by now, whatever made it. */
export interface AskedDomain {
  readonly kerberos?: KerberosAcceptor;
  login(evidence: ModuleEvidence, request: LoginRequest): Promise<LoginResult>;
}

/** @param find builds or finds a domain that the configuration has */
export function otherDomains(
  configured: readonly { readonly name: string }[],
  find: (name: string) => Promise<AskedDomain>,
): (name: string) => OtherDomain {
  return (name) => {
    if (!configured.some((domain) => domain.name === name)) {
      throw new GatehouseError('ERR_CONFIG_INVALID', 'there is no such security domain', { facts: { name } });
    }
    return {
      name,
      kerberos: async () => (await find(name)).kerberos,
      login: async (evidence, request) => (await find(name)).login(evidence, request),
    };
  };
}

/** For commands in which nobody signs in. */
export async function nobodySignsIn(): Promise<never> {
  throw new TypeError('no login is under way: there is no other domain to ask');
}
