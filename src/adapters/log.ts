/** @module The server's log by pino: JSON lines into a file of the home, or to standard output for containers. */
import { type DestinationStream, destination, type LevelWithSilent, pino, stdSerializers } from 'pino';
import { GatehouseError } from '../spi/errors.ts';
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

/** @throws ERR_CONFIG_UNREADABLE when the file cannot be written. */
export function openLog(options: LogOptions): Log {
  const target = openTarget(options.to);
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

function openTarget(to: string) {
  if (to === 'stdout') return destination({ fd: 1, sync: true });
  try {
    return destination({ dest: to, append: true, mkdir: true, mode: logFileMode, sync: true });
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new GatehouseError('ERR_CONFIG_UNREADABLE', 'the log file cannot be written; --log names another', {
      cause,
      facts: { file: to, problem: 'code' in cause ? String(cause.code) : cause.message },
    });
  }
}
