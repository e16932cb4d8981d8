/** @module Password stacking: who may read and publish name and evidence in one run of a stack (jboss-facts §1.2, §1.3). */
import type { SharedState, StackedIdentity } from '../spi/login-module.ts';

/** What one module sees of the shared state, and what the stack learns from it. */
export interface SharedView {
  readonly shared: SharedState;
  /** True when the module read a name with its evidence, and so had nothing to verify. */
  wasSupplied(): boolean;
  /** The module's turn is over: with `keep`, what it has published so far reaches the modules after it. */
  end(keep: boolean): void;
}

export interface StackedState {
  viewFor(stacking: boolean): SharedView;
}

/**
 * The shared state of one run. A module without `password-stacking: useFirstPass` is outside of it. What a module
 * publishes counts only once it has succeeded: a later module verifies nothing that it finds here, so neither a module
 * that said no nor one that was abandoned at its deadline may leave a name behind.
 */
export function createStackedState(): StackedState {
  let current: StackedIdentity | undefined;

  return {
    viewFor(stacking) {
      let published: StackedIdentity | undefined;
      let supplied = false;
      return {
        shared: {
          read() {
            if (!stacking) return undefined;
            if (published === undefined && current?.evidence !== undefined) supplied = true;
            return published ?? current;
          },
          publish(identity) {
            if (stacking) published = identity;
          },
        },
        wasSupplied: () => supplied,
        end(keep) {
          if (keep) current = published ?? current;
        },
      };
    },
  };
}
