/** @module PicketBox's BaseCertLoginModule as a function: stacking, the truststore's verdict and the alias around one set of roles. */
import { z } from 'zod';
import type { AssumedEvidence, CertificateEvidence } from './evidence.ts';
import { isLoginName, maxCertificateBytes, maxCertificateChain } from './evidence-limits.ts';
import {
  type Contribution,
  isRefusal,
  type LoginContext,
  type LoginModule,
  type ModuleOutcome,
  type ModuleServices,
  type Refusal,
} from './login-module.ts';
import { optionText } from './option-values.ts';
import type { Principal } from './subject.ts';
import type { Truststore } from './truststore.ts';
import { passwordStackingOption, stopIfAborted } from './username-password-module.ts';

/** Where the name comes from. The first three are JBoss's mappings (jboss-facts §2.5). */
export const principalSources = ['SubjectDN', 'SubjectCN', 'SerialNumberIssuerDN', 'email', 'UPN'] as const;
export type PrincipalSource = (typeof principalSources)[number];

/** The options that every module built on `certificateModule` has. Spread into its strict zod object. */
export const certificateModuleOptions = {
  securityDomain: optionText
    .default('other')
    .describe(
      'The truststore, under the name that its JSSE security domain had in JBoss; a leading `java:/jaas/` does no harm.',
    ),
  truststore: optionText
    .optional()
    .meta({ absent: '`securityDomain`' })
    .describe('The truststore that decides. It stops the server at start when there is none of this name.'),
  verifier: z
    .never({ error: 'is a Java class and refused: the truststore decides which certificates are believed' })
    .optional()
    .describe(
      'A Java class decided in JBoss; `AnyCertVerifier` believed every certificate. Here the truststore decides.',
    ),
  'principal-from': z
    .enum(principalSources)
    .default('SubjectDN')
    .describe(
      'What becomes the name: the subject as Java writes it, its last CN, serial number and issuer, or an alternative name.',
    ),
  unauthenticatedIdentity: optionText
    .optional()
    .describe('The name that a caller gets who showed nothing. Without it such a caller is refused.'),
  'password-stacking': passwordStackingOption['password-stacking'].describe(
    '`useFirstPass`: trust the certificate that an earlier module has proved, and publish the one proved here.',
  ),
} as const;

const schema = z.strictObject(certificateModuleOptions);
export type CertificateModuleOptions = Readonly<z.output<typeof schema>>;

export interface CertificateModuleDefinition {
  readonly options: CertificateModuleOptions;
  /** What `truststoreOf` gave. */
  readonly truststore: Truststore;
  /** The name of a certificate (`src/wire/certificate-names.ts`); `undefined` when it has none there or is no certificate. */
  nameOf(certificate: Uint8Array, source: PrincipalSource): string | undefined;
  /** Roles and groups of a name that is proved: here, by an earlier module with the same certificate, or anonymous. */
  contribute(name: string, context: LoginContext): Promise<Contribution | Refusal>;
  close?(): Promise<void>;
}

/**
 * The truststore of a module's options, looked for at the start.
 * @throws ERR_CONFIG_INVALID when there is none of that name.
 */
export function truststoreOf(options: CertificateModuleOptions, services: ModuleServices): Truststore {
  return services.truststore(options.truststore ?? jsseName(options.securityDomain));
}

/** JBoss takes the name of a security domain with and without the prefix of its JNDI name. */
export function jsseName(securityDomain: string): string {
  return securityDomain.replace(/^java:\/jaas\//, '');
}

/**
 * The order is PicketBox's (jboss-facts §2.5): shared identity, anonymous caller, own check, publish. The own check is
 * the truststore's path validation, and where the truststore has entries the comparison with the one under the alias.
 */
export function certificateModule(definition: CertificateModuleDefinition): LoginModule {
  const { options, close } = definition;

  async function succeed(name: string, context: LoginContext): Promise<ModuleOutcome> {
    const contribution = await definition.contribute(name, context);
    stopIfAborted(context.signal);
    if (isRefusal(contribution)) return contribution;
    const leaf = context.evidence.kind === 'certificate' ? context.evidence.chain[0] : undefined;
    return {
      status: 'succeeded',
      contribution: {
        identity: principal(name, options),
        ...(leaf === undefined ? {} : { certificate: leaf }),
        ...contribution,
      },
    };
  }

  /** Only in a rehearsal: the name is taken for that of a certificate that the truststore believes. */
  async function assumed(evidence: AssumedEvidence, context: LoginContext): Promise<ModuleOutcome> {
    if (!context.dryRun) return unsupported(evidence.kind);
    if (!isLoginName(evidence.username)) return { status: 'failed', reason: 'malformed-name' };
    const outcome = await succeed(evidence.username, context);
    if (outcome.status !== 'succeeded') return outcome;
    context.shared.publish({ name: evidence.username, evidence });
    return { ...outcome, note: 'certificate assumed, not checked' };
  }

  return {
    async login(context) {
      stopIfAborted(context.signal);
      const stacked = context.shared.read();
      if (stacked?.evidence !== undefined) {
        // JBoss declines here, so that a required module let a password pass for a certificate.
        if (stacked.evidence.kind !== 'certificate' && stacked.evidence.kind !== 'assumed')
          return unsupported(`stacked ${stacked.evidence.kind}`);
        return succeed(stacked.name, context);
      }
      const { evidence } = context;
      if (evidence.kind === 'anonymous') {
        const name = options.unauthenticatedIdentity;
        return name === undefined ? unsupported('anonymous, and no unauthenticatedIdentity') : succeed(name, context);
      }
      if (evidence.kind === 'assumed') return assumed(evidence, context);
      if (evidence.kind !== 'certificate') return unsupported(evidence.kind);
      const checked = await check(definition, evidence, context);
      if (checked.status === 'failed') return checked;
      const outcome = await succeed(checked.name, context);
      if (outcome.status === 'succeeded') context.shared.publish({ name: checked.name, evidence });
      return outcome;
    },
    ...(close === undefined ? {} : { close: () => close() }),
  };
}

type Checked = { readonly status: 'verified'; readonly name: string } | Failed;
type Failed = Extract<ModuleOutcome, { status: 'failed' }>;

async function check(
  { options, truststore, nameOf }: CertificateModuleDefinition,
  { chain }: CertificateEvidence,
  { signal }: LoginContext,
): Promise<Checked> {
  const [leaf] = chain;
  if (leaf === undefined || chain.length > maxCertificateChain || chain.some(isTooLong)) {
    return refused('no certificate chain of ours: none, too many or too long certificates');
  }
  const verdict = await truststore.validate(chain, signal);
  if (verdict.status === 'refused') {
    return refused(verdict.note === undefined ? verdict.reason : `${verdict.reason}, ${verdict.note}`);
  }
  const name = nameOf(leaf, options['principal-from']);
  if (name === undefined) return refused(`the certificate has no ${options['principal-from']}`);
  if (!isLoginName(name)) return { status: 'failed', reason: 'malformed-name' };
  if (!truststore.hasEntries) return { status: 'verified', name };
  const stored = truststore.find(name);
  if (stored === undefined) return { status: 'failed', reason: 'unknown-user', note: 'no entry under this alias' };
  // Public data on both sides: nothing is learned from the time that this takes.
  return sameBytes(stored, leaf)
    ? { status: 'verified', name }
    : refused('another certificate is stored under this alias');
}

function principal(name: string, options: CertificateModuleOptions): Principal {
  const from = options['principal-from'];
  return { name, type: from === 'SubjectDN' || from === 'SerialNumberIssuerDN' ? 'x500' : 'user' };
}

const isTooLong = (certificate: Uint8Array) => certificate.length > maxCertificateBytes;

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function unsupported(note: string): Failed {
  return { status: 'failed', reason: 'unsupported-evidence', note };
}

function refused(note: string): Failed {
  return { status: 'failed', reason: 'bad-credential', note };
}
