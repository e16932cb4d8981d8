/** @module The JAAS control flags: what a module's outcome means for its stack. */

export const controlFlags = ['required', 'requisite', 'sufficient', 'optional'] as const;
export type ControlFlag = (typeof controlFlags)[number];
