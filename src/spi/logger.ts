/** @module The contract of the log: one line an event, facts as fields, never a secret. */

export type LogFacts = Readonly<Record<string, unknown>>;

export interface Logger {
  info(facts: LogFacts, message: string): void;
  warn(facts: LogFacts, message: string): void;
  error(facts: LogFacts, message: string): void;
}
