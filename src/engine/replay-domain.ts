/** @module What a replay has to know of a domain: its new stack, and what of it is not as it was when the login was recorded. */
import type { ControlFlag } from '../spi/control-flag.ts';

export interface ReplayModule {
  readonly name: string;
  readonly code: string;
  readonly flag: ControlFlag;
  readonly stacking: boolean;
  /** Its answer depends on what the modules before it have contributed (RoleMapping, modules of somebody's own). */
  readonly readsOthers: boolean;
  /** Why its recorded answers say nothing any more: `its options have changed` … */
  readonly changed?: string;
}

export interface ReplayDomain {
  readonly modules: readonly ReplayModule[];
  /** Names of the modules, old and new, that stack passwords. */
  readonly stacking: ReadonlySet<string>;
  readonly lockOutChanged: boolean;
  readonly mappingChanged: boolean;
  /** It has mappers, whose answer is known only for what they were asked. */
  readonly maps: boolean;
  /** Why no recorded answer can be run through it, in words: mechanisms under flags decide, and something about them has changed. */
  readonly opaque?: string;
  /** Every difference that can change a decision, in words; empty: none. */
  readonly changes: readonly string[];
}
