/** @module A refused request on its way into the audit trail, and what is answered when the trail itself is not there. */
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';

/** What the audit trail has to learn of a request that was refused or broke. */
export interface RefusedRequest {
  readonly error: GatehouseError;
  /** The route, such as `/login/:id`: what varies in it may be as good as a key. */
  readonly route: string;
  readonly sourceAddress: string;
}

export interface RefusalRecorder {
  readonly logger: Logger;
  /** Records a refusal and gives the id under which it can be explained; `undefined` where none is kept. */
  readonly recordRefusal: (refused: RefusedRequest) => Promise<string | undefined>;
}

export interface RecordedRefusal {
  /** The fault to answer with: the refusal itself, or that it could not be recorded. */
  readonly error: GatehouseError;
  readonly decision: string | undefined;
}

/** A fault that already names its decision was recorded where it was made. */
export async function recordRefusal(recorder: RefusalRecorder, refused: RefusedRequest): Promise<RecordedRefusal> {
  const decided = refused.error.facts['decision'];
  if (typeof decided === 'string') return { error: refused.error, decision: decided };
  try {
    return { error: refused.error, decision: await recorder.recordRefusal(refused) };
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    recorder.logger.error({ err: error, refused: refused.error.code }, 'a refusal could not be recorded');
    return { error, decision: undefined };
  }
}
