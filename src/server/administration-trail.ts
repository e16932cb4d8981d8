/** @module The audit trail of commands that an administrator runs beside the server. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import { systemClock, systemRandom } from '../adapters/system-clock.ts';
import type { Catalog } from '../catalog.ts';
import type { Configuration } from '../config/configuration.ts';
import { type AuditTrail, createAuditTrail } from '../engine/audit-trail.ts';
import type { Logger } from '../spi/logger.ts';
import { openAuditServices } from './audit-services.ts';
import { found } from './catalog-answers.ts';
import type { Closers } from './closers.ts';

/** A file of its own below `log`: the server's is one chain, and only its own process may add to that. */
export const administrationLog = 'administration.jsonl';

export interface AdministrationParts {
  readonly configuration: Pick<Configuration, 'node'>;
  readonly catalog: Pick<Catalog, 'auditProviders'>;
  /** Told what a start would warn of. */
  readonly logger: Logger;
}

/** Opens the file at the first record: who only lists changes nothing. */
export function administrationTrail(
  home: HomeFolder,
  { configuration: { node }, catalog, logger }: AdministrationParts,
  closers: Closers,
): AuditTrail['record'] {
  const [clock, random] = [systemClock, systemRandom];
  const openTrail = async () => {
    const factory = found(catalog.auditProviders.find('File'), 'File');
    const services = await openAuditServices({ home, clock, random, logger });
    const provider = await factory.create({ path: administrationLog }, services);
    return closers.add(createAuditTrail({ providers: [provider], node, clock, random }), (trail) => trail.close());
  };
  let trail: ReturnType<typeof openTrail> | undefined;
  return async (event) => {
    trail ??= openTrail();
    return (await trail).record(event);
  };
}
