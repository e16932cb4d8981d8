/** @module How a person was authenticated, in SAML's words (saml-authn-context §3.4), and whether that is, or can become, what was asked for. */
import type { Factor } from '../../spi/factors.ts';
import type { SsoEntry } from '../../spi/sso-store.ts';
import { authnContextClasses } from '../../wire/saml/constants.ts';

/** A class and what has to have happened for it to be true. */
export interface AuthnContextClass {
  readonly uri: string;
  /** All of them. */
  readonly factors: readonly Factor[];
  /** How the evidence came: nobody between could read it, or somebody could. Absent: either way. */
  readonly transport?: 'protected' | 'unprotected';
}

export interface AuthnContextRequest {
  readonly comparison: string;
  /** In the order in which they are preferred. */
  readonly classRefs: readonly string[];
}

const { unspecified } = authnContextClasses;

/** Weakest first: the order by which `minimum`, `maximum` and `better` compare (saml-core §3.3.2.2.1). */
export const defaultAuthnContexts: readonly AuthnContextClass[] = [
  { uri: authnContextClasses.password, factors: ['password'], transport: 'unprotected' },
  { uri: authnContextClasses.passwordProtectedTransport, factors: ['password'], transport: 'protected' },
  { uri: authnContextClasses.kerberos, factors: ['kerberos'] },
  { uri: authnContextClasses.tlsClient, factors: ['certificate'] },
  { uri: authnContextClasses.refedsMfa, factors: ['one-time-code'], transport: 'protected' },
  { uri: authnContextClasses.timeSyncToken, factors: ['one-time-code'] },
];

/** What each mechanism's evidence proves; one that is not here may prove anything. */
const mechanismFactors: Readonly<Record<string, Factor>> = {
  FORM: 'password',
  BASIC: 'password',
  DIGEST: 'password',
  'CLIENT-CERT': 'certificate',
  SPNEGO: 'kerberos',
};

/** What can be proved here at all: by the mechanisms, and by codes where the domain has them. */
export function factorsWithin(mechanisms: readonly string[], oneTimeCodes: boolean): readonly Factor[] {
  const known = mechanisms.flatMap(
    (name) => mechanismFactors[name] ?? (['password', 'certificate', 'kerberos'] as const),
  );
  return [...new Set<Factor>([...known, ...(oneTimeCodes ? (['one-time-code'] as const) : [])])];
}

/** What was proved at the login; entries of older releases name the mechanism only. */
function factorsOf({ factors, mechanism }: SsoEntry): readonly Factor[] {
  if (factors !== undefined) return factors;
  const factor = mechanismFactors[mechanism];
  return factor === undefined ? [] : [factor];
}

export interface AuthnContexts {
  /** The class that the assertion names; `undefined` when nothing that is true of this session is what was asked for. */
  classFor(requested: AuthnContextRequest | undefined, entry: SsoEntry): string | undefined;
  /**
   * What a new login has to prove to satisfy the request, as little as will do; empty when any login will. `undefined`: no login can.
   * @param within what can be proved here
   * @param confidential whether the login would come by a protected transport
   */
  factorsFor(
    requested: AuthnContextRequest | undefined,
    within: readonly Factor[],
    confidential: boolean,
  ): readonly Factor[] | undefined;
}

export function createAuthnContexts(classes: readonly AuthnContextClass[]): AuthnContexts {
  const rankOf = (uri: string) => classes.findIndex((one) => one.uri === uri);

  /** Classes that would do: by preference for `exact`, else weakest first. An unknown class is like nothing and better than nothing. */
  function acceptable({ comparison, classRefs }: AuthnContextRequest): readonly AuthnContextClass[] {
    const known = classRefs.map(rankOf).filter((rank) => rank >= 0);
    switch (comparison) {
      case 'exact':
        return known.flatMap((rank) => classes[rank] ?? []);
      case 'minimum':
        return known.length === 0 ? [] : classes.slice(Math.min(...known));
      case 'maximum':
        return known.length === 0 ? [] : classes.slice(0, Math.max(...known) + 1);
      case 'better':
        return classRefs.every((uri) => uri === unspecified || rankOf(uri) >= 0)
          ? classes.slice(Math.max(-1, ...known) + 1)
          : [];
      default:
        return [];
    }
  }

  /** `unspecified` asks for nothing in particular (saml-authn-context §3.4.25), and is weaker than everything that does. */
  function isOpen(requested: AuthnContextRequest | undefined): requested is undefined {
    if (requested === undefined) return true;
    return requested.classRefs.includes(unspecified) && requested.comparison !== 'better';
  }

  return {
    classFor(requested, entry) {
      const proved = factorsOf(entry);
      const holds = (one: AuthnContextClass) => isTrueOf(one, proved, entry.confidential);
      if (isOpen(requested)) return classes.findLast(holds)?.uri ?? unspecified;
      const held = acceptable(requested).filter(holds);
      if (requested.comparison === 'exact') return held[0]?.uri;
      // One that was named says most to whoever asked; else the strongest.
      return (held.find(({ uri }) => requested.classRefs.includes(uri)) ?? held.at(-1))?.uri;
    },
    factorsFor(requested, within, confidential) {
      if (isOpen(requested)) return [];
      return acceptable(requested).find((one) => isTrueOf(one, within, confidential))?.factors;
    },
  };
}

function isTrueOf(
  { factors, transport }: AuthnContextClass,
  proved: readonly Factor[],
  confidential: boolean,
): boolean {
  if (transport !== undefined && (transport === 'protected') !== confidential) return false;
  return factors.every((factor) => proved.includes(factor));
}
