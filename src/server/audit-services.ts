/** @module What audit providers may ask of the house: files of the log folder, connections to collectors. */
import { hostname } from 'node:os';
import { createAuditFiles } from '../adapters/audit/audit-files.ts';
import { readTlsMaterial } from '../adapters/audit/tls-material.ts';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { systemTimers } from '../adapters/system-clock.ts';
import type { AuditServices, AuditTls } from '../spi/audit.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type { Logger } from '../spi/logger.ts';
import { openKeyFile } from './key-file.ts';

/** The chains of audit files are sealed with it: whoever has it can write a history of his own. */
export const auditKeyPath = 'data/keys/audit.key';
export const checkpointFolder = 'data/audit';

export interface AuditServicesParts {
  readonly home: HomeFolder;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

type Sinks = Pick<AuditServices, 'openFile' | 'openSyslog' | 'openRedisStream'>;

/** @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE when the key cannot be used. */
export async function openAuditServices({ home, clock, random, logger }: AuditServicesParts): Promise<AuditServices> {
  const timers = systemTimers;
  const files = createAuditFiles({
    logFolder: home.resolve('log'),
    checkpointFolder: home.resolve(checkpointFolder),
    key: await openKeyFile(home, auditKeyPath, random),
    clock,
    timers,
    logger,
  });
  const tlsOf = async (tls: AuditTls | undefined) =>
    tls === undefined ? {} : { tls: await readTlsMaterial(tls, (path) => home.readText(home.inConfiguration(path))) };
  return auditServicesOf(logger, {
    openFile: files.open,
    async openSyslog({ tls, ...address }) {
      const { openSyslog } = await import('../adapters/audit/syslog.ts');
      return openSyslog({ ...address, ...(await tlsOf(tls)), timers });
    },
    async openRedisStream({ tls, ...address }) {
      const { openRedisStream } = await import('../adapters/audit/redis-stream.ts');
      return openRedisStream({ ...address, ...(await tlsOf(tls)), timers });
    },
  });
}

export function auditServicesOf(logger: Logger, sinks: Sinks): AuditServices {
  return { ...sinks, logger, hostName: hostname(), processId: process.pid };
}
