/** @module Types of set-up.mjs, for the TypeScript that asks it. */

/** The Node that is fetched. */
export declare const NODE_VERSION: string;
/** True when `version` (such as `v24.21.0`) can run Gatehouse itself. */
export declare function isNewEnough(version: string): boolean;
/** Path of a Node that runs Gatehouse, with all packages in place; `undefined` when set-up failed and has said why. */
export declare function setUp(root: string): string | undefined;
