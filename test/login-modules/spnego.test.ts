/** @module Login module SPNEGO: what each verdict of an acceptor becomes, names of several realms, several legs, and passwords elsewhere. */
import { describe, expect, it } from 'vitest';
import { spnego } from '../../login-modules/spnego.ts';
import type { DecisionTrace } from '../../src/spi/decision-trace.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import type { ModuleEvidence, NegotiateEvidence } from '../../src/spi/evidence.ts';
import type { KerberosAccepted, KerberosLeg, KerberosVerdict } from '../../src/spi/kerberos-acceptor.ts';
import type { LoginContext } from '../../src/spi/login-module.ts';
import { Secret } from '../../src/spi/secret.ts';
import type { LoginRequest, LoginResult, OtherDomain } from '../../src/spi/security-domain.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { decisionTrace } from '../support/decision-trace.ts';
import { password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices, RecordingSharedState } from '../support/plugin-services.ts';

const ticket = (byte = 0x60, exchange?: string): NegotiateEvidence => ({
  kind: 'negotiate',
  token: new Secret(new Uint8Array([byte])),
  ...(exchange === undefined ? {} : { exchange }),
});

const accepted = (name: string, realm = 'EXAMPLE.COM', more: Partial<KerberosAccepted> = {}): KerberosAccepted => ({
  status: 'accepted',
  client: { name, realm },
  service: { name: 'HTTP/localhost', realm: 'EXAMPLE.COM' },
  mutual: false,
  authenticator: 'a'.repeat(43),
  ...more,
});

class HostDomain implements OtherDomain {
  readonly name = 'host';
  readonly legs: KerberosLeg[] = [];
  readonly #verdicts: KerberosVerdict[];
  constructor(...verdicts: readonly KerberosVerdict[]) {
    this.#verdicts = [...verdicts];
  }
  async kerberos() {
    return {
      accept: async (leg: KerberosLeg) => {
        this.legs.push(leg);
        return (this.#verdicts.length > 1 ? this.#verdicts.shift() : this.#verdicts[0])!;
      },
    };
  }
  async login(): Promise<never> {
    throw new Error('nobody signs in to the host domain');
  }
}

class PasswordDomain implements OtherDomain {
  readonly name = 'passwords';
  readonly asked: { readonly evidence: ModuleEvidence; readonly request: LoginRequest }[] = [];
  readonly #result: (trace: DecisionTrace) => LoginResult;
  constructor(result: (trace: DecisionTrace) => LoginResult) {
    this.#result = result;
  }
  kerberos = async () => undefined;
  async login(evidence: ModuleEvidence, request: LoginRequest) {
    this.asked.push({ evidence, request });
    return this.#result(decisionTrace({ domain: this.name }));
  }
}

const person =
  (name: string) =>
  (trace: DecisionTrace): LoginResult => ({
    status: 'authenticated',
    subject: { callerPrincipal: { name, type: 'user' }, principals: [], roles: ['inner'], groups: {}, attributes: {} },
    replies: [],
    trace,
  });
const denied =
  (reason: 'rejected' | 'unavailable') =>
  (trace: DecisionTrace): LoginResult => ({ status: 'denied', reason, trace });
const codeWanted = (trace: DecisionTrace): LoginResult => ({
  status: 'challenge',
  challenge: { kind: 'one-time-code' },
  trace,
});

interface Parts {
  readonly host?: HostDomain;
  readonly passwords?: PasswordDomain;
  readonly options?: Readonly<Record<string, unknown>>;
}

async function open({ host = new HostDomain(accepted('jane')), passwords, options = {} }: Parts) {
  const services = pluginServices({ domains: passwords === undefined ? [host] : [host, passwords] });
  const settings = {
    ...{ serverSecurityDomain: 'host', 'password-stacking': 'useFirstPass' },
    ...(passwords === undefined ? {} : { usernamePasswordDomain: 'passwords' }),
    ...options,
  };
  const module = await spnego.create(settings, services);
  const login = (evidence: ModuleEvidence, changes: Partial<LoginContext> = {}) =>
    module.login(loginContext(evidence, changes));
  return { login, services };
}

const severalLegs = { request: { sourceAddress: '127.0.0.1', mechanism: 'SPNEGO', answers: ['token'] } } as const;
const goOn = (text: string): KerberosVerdict => ({
  status: 'continue',
  reply: Buffer.from(`reply to ${text}`),
  state: new Secret(Buffer.from(`state after ${text}`)),
});

loginModuleConformance({
  factory: spnego,
  options: { serverSecurityDomain: 'host', usernamePasswordDomain: 'passwords', 'password-stacking': 'useFirstPass' },
  services: () =>
    pluginServices({ domains: [new HostDomain(accepted('jane')), new PasswordDomain(denied('rejected'))] }),
  accepted: { evidence: ticket(), name: 'jane@EXAMPLE.COM', roles: [] },
  otherKinds: ['password', 'digest', 'assumed'],
});

describe('SPNEGO', () => {
  it.each<[Readonly<Record<string, unknown>>, string, string, string]>([
    [{}, 'jane', 'EXAMPLE.COM', 'jane@EXAMPLE.COM'],
    [{ removeRealmFromPrincipal: 'true' }, 'jane', 'EXAMPLE.COM', 'jane'],
    [{ removeRealmFromPrincipal: 'true' }, 'jane', 'OTHER', 'jane@OTHER'],
    [{ 'realm-names': { OTHER: { realm: 'strip', case: 'lower' } } }, 'Jane', 'OTHER', 'jane'],
    [{ 'realm-names': { OTHER: { names: { jane: 'jdoe' } } } }, 'jane', 'OTHER', 'jdoe'],
    [{ 'realm-names': { OTHER: { names: { jane: 'jdoe' } } } }, 'joe', 'OTHER', 'joe@OTHER'],
    [
      { removeRealmFromPrincipal: true, 'realm-names': { 'EXAMPLE.COM': {} } },
      'jane',
      'EXAMPLE.COM',
      'jane@EXAMPLE.COM',
    ],
  ])('by %j calls %s of %s %s', async (options, name, realm, called) => {
    const { login } = await open({ host: new HostDomain(accepted(name, realm)), options });
    expect(await login(ticket())).toMatchObject({ contribution: { identity: { name: called } } });
  });

  it('publishes who it is for the modules after it', async () => {
    const { login } = await open({ options: { removeRealmFromPrincipal: true } });
    const shared = new RecordingSharedState();
    await login(ticket(), { shared });
    expect(shared.published).toMatchObject([{ name: 'jane', evidence: { kind: 'negotiate' } }]);
  });

  it('hands on the proof of who we are, and the groups of the ticket', async () => {
    const reply = new Uint8Array([0xa1]);
    const { login } = await open({
      host: new HostDomain(accepted('jane', 'EXAMPLE.COM', { reply, groupSids: ['S-1-5'] })),
    });
    expect(await login(ticket())).toMatchObject({ contribution: { reply, attributes: { groupSids: ['S-1-5'] } } });
  });

  it('says of a refused ticket what is wrong with it', async () => {
    const { login } = await open({
      host: new HostDomain({ status: 'refused', failure: 'SKEW', facts: { seconds: 412 } }),
    });
    expect(await login(ticket())).toEqual({ status: 'failed', reason: 'bad-credential', note: 'SKEW (seconds 412)' });
  });

  it('refuses a name that is none', async () => {
    const { login } = await open({ host: new HostDomain(accepted('ja\u0000ne')) });
    expect(await login(ticket())).toEqual({ status: 'failed', reason: 'malformed-name' });
  });

  it('claims nothing in a dry run', async () => {
    const host = new HostDomain(accepted('jane'));
    const { login } = await open({ host });
    await login(ticket(), { dryRun: true });
    expect(host.legs).toMatchObject([{ dryRun: true }]);
  });

  it('goes on with what the first leg left, under the same exchange only', async () => {
    const host = new HostDomain(goOn('one'), accepted('jane'));
    const { login } = await open({ host });
    const first = await login(ticket(1, 'exchange-1'), severalLegs);
    expect(first).toEqual({ status: 'challenge', challenge: { kind: 'token', token: Buffer.from('reply to one') } });
    expect(await login(ticket(2, 'exchange-1'), severalLegs)).toMatchObject({ status: 'succeeded' });
    expect(host.legs.map(({ state }) => state && Buffer.from(state.reveal()).toString())).toEqual([
      undefined,
      'state after one',
    ]);
  });

  it('gives what a leg left to one other leg, and to none of another login', async () => {
    const host = new HostDomain(goOn('one'), accepted('jane'));
    const { login } = await open({ host });
    await login(ticket(1, 'exchange-1'), severalLegs);
    await login(ticket(2, 'exchange-2'), severalLegs);
    await login(ticket(2, 'exchange-1'), severalLegs);
    await login(ticket(2, 'exchange-1'), severalLegs);
    expect(host.legs.map(({ state }) => state !== undefined)).toEqual([false, false, true, false]);
  });

  it('ends an exchange of too many legs', async () => {
    const { login } = await open({ host: new HostDomain(goOn('on and on')) });
    const statuses = [];
    for (let leg = 1; leg <= 5; leg += 1) statuses.push((await login(ticket(leg, 'exchange-1'), severalLegs)).status);
    expect(statuses).toEqual(['challenge', 'challenge', 'challenge', 'failed', 'challenge']);
  });

  it('asks for no further leg where there can be none', async () => {
    const { login } = await open({ host: new HostDomain(goOn('one')) });
    expect(await login(ticket(1), severalLegs)).toMatchObject({
      status: 'failed',
      note: expect.stringMatching(/^LOST/),
    });
    expect(await login(ticket(1, 'exchange-1'))).toMatchObject({ status: 'failed' });
  });

  it('keeps nothing of a session key in the clear between two legs', async () => {
    const { login, services } = await open({ host: new HostDomain(goOn('one')) });
    await login(ticket(1, 'exchange-1'), severalLegs);
    const kept = String(await services.ephemeral.get('negotiate:exchange-1'));
    expect(Buffer.from(kept.split('.')[1]!, 'base64url').toString('latin1')).not.toContain('state');
  });

  it('takes who signs in by the domain of the passwords, without the roles that it has there', async () => {
    const passwords = new PasswordDomain(person('andy'));
    const { login } = await open({ passwords });
    const shared = new RecordingSharedState();
    const outcome = await login(password('andy', 'p'), { shared });
    expect(outcome).toMatchObject({ status: 'succeeded', contribution: { identity: { name: 'andy' }, roles: [] } });
    expect(outcome).toMatchObject({ note: expect.stringContaining('of passwords') });
    expect(shared.published).toMatchObject([{ name: 'andy', evidence: { kind: 'password' } }]);
  });

  it('asks the domain of the passwords with the whole request, and rehearses there too', async () => {
    const passwords = new PasswordDomain(person('andy'));
    const { login } = await open({ passwords });
    const request = {
      sourceAddress: '192.0.2.7',
      mechanism: 'FORM',
      application: 'a',
      answers: ['one-time-code'],
    } as const;
    await login(password('andy', 'p'), { request, dryRun: true });
    expect(passwords.asked.map((one) => one.request)).toEqual([{ ...request, dryRun: true }]);
  });

  it('refuses whom that domain refuses, and names its decision', async () => {
    const { login } = await open({ passwords: new PasswordDomain(denied('rejected')) });
    expect(await login(password('andy', 'wrong'))).toMatchObject({
      status: 'failed',
      reason: 'bad-credential',
      note: expect.stringMatching(/^decision \w+ of passwords$/),
    });
  });

  it('does not take a store that is down for a no', async () => {
    const { login } = await open({ passwords: new PasswordDomain(denied('unavailable')) });
    await expect(login(password('andy', 'p'))).rejects.toThrow(GatehouseError);
    await expect(login(password('andy', 'p'))).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });

  it('hands on that a one-time code is wanted', async () => {
    const passwords = new PasswordDomain(codeWanted);
    const { login } = await open({ passwords });
    expect(await login(password('andy', 'p'))).toEqual({ status: 'challenge', challenge: { kind: 'one-time-code' } });
  });

  it('refuses passwords without a domain for them', async () => {
    const { login } = await open({});
    expect(await login(password('andy', 'p'))).toMatchObject({ status: 'failed', reason: 'unsupported-evidence' });
  });
});
