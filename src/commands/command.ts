/** @module What a command of the command line is. */

/** 0 done, 1 refused, 2 wrong usage, 3 could not ask. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** @throws TypeError with a code `ERR_PARSE_ARGS_*` for options that do not exist. */
  run(args: readonly string[]): Promise<ExitCode>;
}
