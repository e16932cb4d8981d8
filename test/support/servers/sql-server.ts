/** @module What a test asks of a real SQL server, whichever product it is. */

export interface SqlServer {
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** PEM of the authority of its certificate, which is for `localhost` only. */
  readonly ca: string;
  /** Runs statements as its administrator, with the product's own client; gives what they print. */
  run(sql: string): string;
  pause(): void;
  resume(): void;
  /** Ends it and starts it again with the same data on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
}
