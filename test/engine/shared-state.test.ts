/** @module Password stacking in one run: who reads, who publishes, and when it counts. */
import { describe, expect, it } from 'vitest';
import { createStackedState, type StackedState } from '../../src/engine/shared-state.ts';
import type { StackedIdentity } from '../../src/spi/login-module.ts';
import { password } from '../support/plugin-evidence.ts';

const eric = { name: 'eric', evidence: password('eric', 'x') };
const bare = { name: 'guest' };

/** A module with password stacking that publishes and is then kept or not. */
function turn(state: StackedState, identity: StackedIdentity, { keep }: { readonly keep: boolean }): void {
  const view = state.viewFor(true);
  view.shared.publish(identity);
  view.end(keep);
}

describe('the shared state of a run', () => {
  it('is empty for the first module', () => {
    const view = createStackedState().viewFor(true);
    expect([view.shared.read(), view.wasSupplied()]).toEqual([undefined, false]);
  });

  it('hands on what a module has published and kept', () => {
    const state = createStackedState();
    turn(state, eric, { keep: true });
    const second = state.viewFor(true);
    expect([second.shared.read(), second.wasSupplied()]).toEqual([eric, true]);
  });

  it('forgets what a module that failed has published', () => {
    const state = createStackedState();
    turn(state, eric, { keep: false });
    expect(state.viewFor(true).shared.read()).toBeUndefined();
  });

  it('keeps nothing that is published after the turn is over', () => {
    const state = createStackedState();
    const first = state.viewFor(true);
    first.end(true);
    first.shared.publish(eric);
    expect(state.viewFor(true).shared.read()).toBeUndefined();
  });

  it('shows a module what it has published itself, which is nothing that was supplied', () => {
    const view = createStackedState().viewFor(true);
    view.shared.publish(eric);
    expect([view.shared.read(), view.wasSupplied()]).toEqual([eric, false]);
  });

  it('hands on a bare name without counting it as supplied', () => {
    const state = createStackedState();
    turn(state, bare, { keep: true });
    const second = state.viewFor(true);
    expect([second.shared.read(), second.wasSupplied()]).toEqual([bare, false]);
  });

  it('stays as it was when a later module publishes nothing', () => {
    const state = createStackedState();
    turn(state, eric, { keep: true });
    state.viewFor(true).end(true);
    expect(state.viewFor(true).shared.read()).toEqual(eric);
  });

  it('cannot be read or written without password stacking', () => {
    const state = createStackedState();
    const outside = state.viewFor(false);
    outside.shared.publish(eric);
    outside.end(true);
    const inside = state.viewFor(true);
    expect(inside.shared.read()).toBeUndefined();
    inside.shared.publish(eric);
    inside.end(true);
    const later = state.viewFor(false);
    expect([later.shared.read(), later.wasSupplied()]).toEqual([undefined, false]);
  });
});
