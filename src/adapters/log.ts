/** @module The server's log by pino: JSON lines into a file of the home, or to standard output for containers. */
import { type DestinationStream, destination, type LevelWithSilent, pino, stdSerializers } from 'pino';
import type { Logger } from '../spi/logger.ts';

export interface Log extends Logger {
  /** Writes out what is buffered and closes the file. */
  close(): void;
}

export interface LogOptions {
  /** A path, or `stdout`. */
  readonly to: string;
  readonly level: LevelWithSilent;
  readonly node: string;
}

const logFileMode = 0o600;

export function openLog(options: LogOptions): Log {
  const target =
    options.to === 'stdout'
      ? destination({ fd: 1, sync: true })
      : destination({ dest: options.to, append: true, mkdir: true, mode: logFileMode, sync: true });
  const log = pino(
    { level: options.level, base: { node: options.node }, serializers: { err: stdSerializers.err } },
    target satisfies DestinationStream,
  );
  return {
    info: (facts, message) => log.info(facts, message),
    warn: (facts, message) => log.warn(facts, message),
    error: (facts, message) => log.error(facts, message),
    close() {
      target.flushSync();
      if (options.to !== 'stdout') target.end();
    },
  };
}
