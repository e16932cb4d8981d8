/** @module JAAS's `LoginContext.invoke`, its loop transcribed word by word and not from our table: the judge of the property test. */
import type { ControlFlag } from '../../src/spi/login-module.ts';

/** `true`: login() returned true. `false`: it returned false. `throw`: it threw a LoginException. */
export type JaasAnswer = true | false | 'throw';

export interface JaasModule {
  readonly flag: ControlFlag;
  readonly login: () => JaasAnswer;
}

export type JaasResult = 'success' | { readonly thrownBy: number } | 'all modules ignored';

export function invokeLogin(moduleStack: readonly JaasModule[]): JaasResult {
  let firstRequiredError: number | null = null;
  let firstError: number | null = null;
  let success = false;

  for (let i = 0; i < moduleStack.length; i++) {
    const module = moduleStack[i]!;
    const answer = module.login();
    if (answer === true) {
      if (module.flag === 'sufficient' && firstRequiredError === null) {
        return 'success';
      }
      success = true;
    } else if (answer === 'throw') {
      if (module.flag === 'requisite') {
        return { thrownBy: firstRequiredError !== null ? firstRequiredError : i };
      } else if (module.flag === 'required') {
        if (firstRequiredError === null) firstRequiredError = i;
      } else {
        if (firstError === null) firstError = i;
      }
    }
  }

  if (firstRequiredError !== null) {
    return { thrownBy: firstRequiredError };
  } else if (success === false && firstError !== null) {
    return { thrownBy: firstError };
  } else if (success === false) {
    return 'all modules ignored';
  } else {
    return 'success';
  }
}
