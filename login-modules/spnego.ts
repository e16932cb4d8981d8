/** @module Login module SPNEGO: who a Kerberos ticket is of, by the keys of a host domain; passwords go to a domain of their own (jboss-facts §12.1). */
import { z } from 'zod';
import { GatehouseError } from '../src/spi/errors.ts';
import type { NegotiateEvidence } from '../src/spi/evidence.ts';
import { isLoginName } from '../src/spi/evidence-limits.ts';
import type { KerberosAccepted, KerberosVerdict } from '../src/spi/kerberos-acceptor.ts';
import { kerberosNote } from '../src/spi/kerberos-notes.ts';
import { defineLoginModule, type LoginContext, type ModuleOutcome } from '../src/spi/login-module.ts';
import { optionFlag, optionText } from '../src/spi/option-values.ts';
import type { OtherDomain } from '../src/spi/security-domain.ts';
import type { Principal } from '../src/spi/subject.ts';
import { passwordStackingOption, stopIfAborted } from '../src/spi/username-password-module.ts';
import { kerberosNameOf } from '../src/wire/kerberos-names.ts';
import { createNegotiateExchanges } from '../src/wire/negotiate-exchanges.ts';

/** A table of names is for exceptions; a directory is for people. */
const maxNames = 1000;

const nameRule = z.strictObject({
  realm: z.enum(['strip', 'keep']).default('keep'),
  case: z.enum(['lower', 'keep']).default('keep'),
  names: z
    .record(z.string().max(1024), z.string().min(1).max(1024))
    .refine((names) => Object.keys(names).length <= maxNames, `must have at most ${maxNames} entries`)
    .optional(),
});

const options = z.strictObject({
  serverSecurityDomain: optionText.describe(
    'The security domain whose `Kerberos` module has the keys of this service.',
  ),
  usernamePasswordDomain: optionText
    .optional()
    .describe(
      'The security domain that decides about names and passwords, which come from the sign-in page. Without it they are refused. Its roles do not count: later modules give them.',
    ),
  removeRealmFromPrincipal: optionFlag
    .default(false)
    .describe(
      'Call `jane@EXAMPLE.COM` just `jane`, if EXAMPLE.COM is the realm of the service. People of other realms keep theirs, unless `realm-names` says otherwise.',
    ),
  'realm-names': z
    .record(optionText, nameRule)
    .default({})
    .describe(
      'What the people of a realm are called, by realm: `{ realm: strip or keep, case: lower or keep, names: { jane: jdoe } }`. It comes before `removeRealmFromPrincipal`.',
    ),
  principalClass: optionText.optional().describe('A Java class. Without effect here.'),
  ...passwordStackingOption,
});

export const spnego = defineLoginModule({
  code: 'SPNEGO',
  summary: 'Kerberos tickets of desktops, and passwords by a domain of their own. Roles come from later modules.',
  options,
  create(settings, services) {
    const host = services.securityDomain(settings.serverSecurityDomain);
    const { usernamePasswordDomain } = settings;
    const fallback = usernamePasswordDomain === undefined ? undefined : services.securityDomain(usernamePasswordDomain);
    const exchanges = createNegotiateExchanges(services);

    async function negotiate(evidence: NegotiateEvidence, context: LoginContext): Promise<ModuleOutcome> {
      const acceptor = await host.kerberos();
      if (acceptor === undefined) {
        throw new GatehouseError('ERR_CONFIG_INVALID', 'the serverSecurityDomain has no Kerberos module', {
          facts: { domain: host.name },
        });
      }
      const { dryRun, signal } = context;
      const { exchange, channelBinding } = evidence;
      const earlier = exchange === undefined || dryRun ? undefined : await exchanges.take(exchange);
      const verdict = await acceptor.accept(
        {
          token: evidence.token.reveal(),
          ...(earlier === undefined ? {} : { state: earlier.state }),
          ...(channelBinding === undefined ? {} : { channelBinding }),
          dryRun,
        },
        signal,
      );
      stopIfAborted(signal);
      switch (verdict.status) {
        case 'accepted':
          return accepted(verdict, evidence, context);
        case 'refused':
          return refused(verdict);
        case 'continue': {
          const legs = (earlier?.legs ?? 0) + 1;
          const asks = context.request.answers?.includes('token') === true;
          if (
            exchange === undefined ||
            !asks ||
            dryRun ||
            !(await exchanges.put(exchange, { state: verdict.state, legs }))
          ) {
            return { status: 'failed', reason: 'unsupported-evidence', note: kerberosNote('LOST', { legs }) };
          }
          return { status: 'challenge', challenge: { kind: 'token', token: verdict.reply } };
        }
        default:
          return verdict satisfies never;
      }
    }

    function accepted(verdict: KerberosAccepted, evidence: NegotiateEvidence, context: LoginContext): ModuleOutcome {
      const { client, service, reply, groupSids } = verdict;
      const stripFrom = settings.removeRealmFromPrincipal ? service.realm : undefined;
      const identity = kerberosNameOf(client, settings['realm-names'], stripFrom);
      if (!isLoginName(identity.name)) return { status: 'failed', reason: 'malformed-name' };
      return proved(identity, evidence, context, {
        note: `a ticket of ${client.name}@${client.realm} for ${service.name}@${service.realm}`,
        contribution: {
          ...(reply === undefined ? {} : { reply }),
          ...(groupSids === undefined ? {} : { attributes: { groupSids } }),
        },
      });
    }

    return {
      // A ticket is good once, and the domain of the passwords has a cache of its own.
      neverCached: true,
      async login(context) {
        stopIfAborted(context.signal);
        const stacked = context.shared.read();
        if (stacked?.evidence !== undefined) {
          return { status: 'succeeded', contribution: { identity: { name: stacked.name, type: 'user' }, roles: [] } };
        }
        const { evidence } = context;
        switch (evidence.kind) {
          case 'negotiate':
            return negotiate(evidence, context);
          case 'password':
          case 'digest':
          case 'assumed':
            return fallback === undefined
              ? unsupported(`${evidence.kind}, and no usernamePasswordDomain`)
              : askFallback(fallback, context);
          case 'anonymous':
          case 'certificate':
          case 'assertion':
          case 'verified-response':
          case 'connection':
            return unsupported(evidence.kind);
          default:
            return evidence satisfies never;
        }
      },
    };
  },
});

function unsupported(note: string): ModuleOutcome {
  return { status: 'failed', reason: 'unsupported-evidence', note };
}

function refused({ failure, facts }: Extract<KerberosVerdict, { status: 'refused' }>): ModuleOutcome {
  return { status: 'failed', reason: 'bad-credential', note: kerberosNote(failure, facts) };
}

/** Published with the evidence: a later module takes the name for proved and adds roles only. */
function proved(
  identity: Principal,
  evidence: LoginContext['evidence'],
  context: LoginContext,
  more: Pick<Extract<ModuleOutcome, { status: 'succeeded' }>, 'contribution' | 'note'>,
): ModuleOutcome {
  context.shared.publish({ name: identity.name, evidence });
  const contribution = { identity, callerPrincipal: identity, roles: [], ...more.contribution };
  return { ...more, status: 'succeeded', contribution };
}

/** The other domain's login is one of its own: with its lock-out, its audit record and its decision, which the note names. */
async function askFallback(domain: OtherDomain, context: LoginContext): Promise<ModuleOutcome> {
  const { samePrincipal: _, mechanisms: __, ...request } = context.request;
  const result = await domain.login(context.evidence, { ...request, dryRun: context.dryRun });
  stopIfAborted(context.signal);
  const decision = `decision ${result.trace.id} of ${domain.name}`;
  switch (result.status) {
    case 'authenticated': {
      const { callerPrincipal, factors, loginName } = result.subject;
      return proved(callerPrincipal, context.evidence, context, {
        note: decision,
        contribution: {
          ...(factors === undefined ? {} : { factors }),
          ...(loginName === undefined ? {} : { loginName }),
        },
      });
    }
    case 'challenge':
      return { status: 'challenge', challenge: result.challenge };
    case 'denied':
      if (result.reason === 'rejected') return { status: 'failed', reason: 'bad-credential', note: decision };
      throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the usernamePasswordDomain could not ask', {
        facts: { domain: domain.name, decision: result.trace.id },
      });
    default:
      return result satisfies never;
  }
}
