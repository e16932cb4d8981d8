/** @module How a person was authenticated, in SAML's words (saml-authn-context §3.4), and whether that is what was asked for. */
import type { SsoEntry } from '../../spi/sso-store.ts';
import { authnContextClasses } from '../../wire/saml/constants.ts';

/** Weakest first: the order by which `minimum`, `maximum` and `better` compare. */
const strength: readonly string[] = [
  authnContextClasses.unspecified,
  authnContextClasses.password,
  authnContextClasses.passwordProtectedTransport,
  authnContextClasses.tlsClient,
];

/** The mechanism whose evidence is a key that the client holds (saml-authn-context §3.4.23). */
const clientCertificate = 'CLIENT-CERT';

/** The class of the mechanism that was really used. A password that crossed a network in the clear is never called protected. */
export function authnContextOf(entry: SsoEntry): string {
  if (entry.mechanism === clientCertificate) return authnContextClasses.tlsClient;
  return entry.confidential ? authnContextClasses.passwordProtectedTransport : authnContextClasses.password;
}

/** saml-core §3.3.2.2.1. A request that names no class is content with any. */
export function satisfies(
  requested: { readonly comparison: string; readonly classRefs: readonly string[] } | undefined,
  actual: string,
): boolean {
  if (requested === undefined || requested.classRefs.length === 0) return true;
  const rank = strength.indexOf(actual);
  const ranks = requested.classRefs.map((classRef) => strength.indexOf(classRef));
  switch (requested.comparison) {
    case 'exact':
      return requested.classRefs.includes(actual) || requested.classRefs.includes(authnContextClasses.unspecified);
    case 'minimum':
      return ranks.some((wanted) => wanted !== -1 && rank >= wanted);
    case 'maximum':
      return ranks.some((wanted) => wanted !== -1 && rank <= wanted);
    case 'better':
      return ranks.every((wanted) => wanted !== -1 && rank > wanted);
    default:
      return false;
  }
}
