/** @module Login module Kerberos: the keys of a service and nothing else, under the options of Java's module. */
import { describe, expect, it } from 'vitest';
import { kerberos } from '../../login-modules/kerberos.ts';
import type { KerberosAcceptor, KerberosAcceptorOptions } from '../../src/spi/kerberos-acceptor.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { pluginServices } from '../support/plugin-services.ts';

class IdleAcceptor implements KerberosAcceptor {
  closed = 0;
  async accept() {
    return { status: 'refused', failure: 'EMPTY', facts: {} } as const;
  }
  async close() {
    this.closed += 1;
  }
}

async function create(options: Readonly<Record<string, unknown>>) {
  const asked: KerberosAcceptorOptions[] = [];
  const acceptor = new IdleAcceptor();
  const services = pluginServices({
    kerberosAcceptor: async (wanted) => {
      asked.push(wanted);
      return acceptor;
    },
  });
  return { module: await kerberos.create(options, services), asked: asked[0], acceptor };
}

loginModuleConformance({
  factory: kerberos,
  options: { keyTab: 'http.keytab' },
  services: () => pluginServices({ kerberosAcceptor: async () => new IdleAcceptor() }),
  always: 'failed',
  stacking: false,
});

describe('Kerberos', () => {
  it('takes what a JBoss host domain has', async () => {
    const { asked } = await create({
      ...{ storeKey: 'true', useKeyTab: 'true', doNotPrompt: 'true', refreshKrb5Config: 'true', isInitiator: 'true' },
      ...{ principal: 'HTTP/sso.example.com@EXAMPLE.COM', keyTab: 'file:///etc/http.keytab', debug: 'true' },
    });
    expect(asked).toEqual({
      implementation: 'own',
      keytabs: ['/etc/http.keytab'],
      principal: 'HTTP/sso.example.com@EXAMPLE.COM',
      trustedRealms: [],
      clockSkewMs: 300_000,
    });
  });

  it('takes several keytabs, each once, and any key of them for the principal *', async () => {
    const { asked } = await create({ keyTab: 'a.keytab', keytabs: ['a.keytab', 'FILE:b.keytab'], principal: '*' });
    expect(asked).toMatchObject({ keytabs: ['a.keytab', 'b.keytab'] });
    expect(asked).not.toHaveProperty('principal');
  });

  it('hands on realms, skew and implementation', async () => {
    const { asked } = await create({
      ...{ keyTab: 'a', 'trusted-realms': ['OTHER'], 'clock-skew-seconds': '60', implementation: 'native' },
    });
    expect(asked).toMatchObject({ trustedRealms: ['OTHER'], clockSkewMs: 60_000, implementation: 'native' });
  });

  it.each([
    [{}, 'keyTab'],
    [{ keyTab: 'a', useKeyTab: false }, 'useKeyTab'],
    [{ keyTab: 'a', useTicketCache: true }, 'useTicketCache'],
    [{ keyTab: 'a', delegationCredential: 'REQUIRE' }, 'delegationCredential'],
    [{ keyTab: 'a', addGSSCredential: true }, 'addGSSCredential'],
  ])('refuses %j for %s', (options, name) => {
    const { error } = kerberos.options.safeParse(options);
    expect(error?.issues.map(({ path }) => path)).toEqual([[name]]);
  });

  it('closes its acceptor once', async () => {
    const { module, acceptor } = await create({ keyTab: 'a' });
    await module.close?.();
    await module.close?.();
    expect(acceptor.closed).toBe(1);
  });

  it('gives its acceptor to other domains', async () => {
    const { module, acceptor } = await create({ keyTab: 'a' });
    expect(module.kerberos).toBe(acceptor);
  });
});
