/** @module The authorization stack once more, transcribed from JAAS's text and jboss-facts §4.7 word by word, to judge the fold of the engine. */
import type { ControlFlag } from '../../src/spi/control-flag.ts';

export type Said = 'permit' | 'deny' | 'abstain' | 'unavailable';

/** Flag by flag, as the documentation of `javax.security.auth.login.Configuration` says it, with PERMIT for success and DENY for failure. */
export function literalAuthorization(modules: readonly (readonly [ControlFlag, Said])[]): {
  readonly permitted: boolean;
  readonly asked: number;
} {
  let requiredFailed = false;
  let somebodyPermitted = false;
  let asked = 0;
  for (const [flag, said] of modules) {
    asked += 1;
    const permits = said === 'permit';
    const abstains = said === 'abstain';
    // "Required: If it succeeds or fails, authentication still continues to proceed down the list."
    if (flag === 'required') {
      if (permits) somebodyPermitted = true;
      else if (!abstains) requiredFailed = true;
    }
    // "Requisite: If it fails, control immediately returns to the application." PicketBox's loop went on (jboss-facts §4.7).
    if (flag === 'requisite') {
      if (permits) somebodyPermitted = true;
      else if (!abstains) return { permitted: false, asked };
    }
    // "Sufficient: If it does succeed, control immediately returns", which JAAS holds back after a failed required module.
    if (flag === 'sufficient' && permits) {
      somebodyPermitted = true;
      if (!requiredFailed) return { permitted: true, asked };
    }
    if (flag === 'optional' && permits) somebodyPermitted = true;
  }
  // "No module permitting: denied."
  return { permitted: somebodyPermitted && !requiredFailed, asked };
}
