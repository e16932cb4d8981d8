/** @module What a request is answered that could not be served: on record first, then shown in the form that the client reads. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, GatehouseError } from '../spi/errors.ts';
import { errorPage, type PublicError, publicErrorOf } from './error-response.ts';
import { sendPage } from './page.ts';
import { type RefusalRecorder, recordRefusal } from './refusal.ts';

/** What may be shown of an error. */
export interface ShownError {
  readonly code: ErrorCode;
  readonly known: PublicError;
  /** Under which it is found; absent where nothing was recorded. */
  readonly decision: string | undefined;
  /** The fault itself, for the form of the answer only: nothing of its message is for the client. */
  readonly error: GatehouseError;
}

export type ErrorView = (reply: FastifyReply, shown: ShownError) => FastifyReply;

const showPage: ErrorView = (reply, { code, known, decision }) =>
  sendPage(reply, known.status, errorPage(known, code, decision));

/** @param show a page of ours where it is left out */
export async function answerError(
  recorder: RefusalRecorder,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  show: ErrorView = showPage,
): Promise<FastifyReply> {
  const error = asGatehouseError(thrown);
  const route = request.routeOptions.url ?? 'unknown';
  const recorded = await recordRefusal(recorder, { error, route, sourceAddress: request.ip });
  const { decision } = recorded;
  const { code } = recorded.error;
  const known = publicErrorOf(code);
  const facts = { code, decision, route, ...error.facts };
  if (known.status >= 500) recorder.logger.error({ ...facts, err: error }, error.message);
  else recorder.logger.info(facts, error.message);
  if (known.status === 503) reply.header('retry-after', '5');
  return show(reply, { code, known, decision, error });
}

/** Fastify's own 4xx errors become ours; a GatehouseError stays; anything else is a bug, answered 500. */
function asGatehouseError(error: unknown): GatehouseError {
  if (error instanceof GatehouseError) return error;
  const status = isFastifyError(error) ? error.statusCode : undefined;
  if (status === 413) return new GatehouseError('ERR_REQUEST_TOO_LARGE', 'body over the limit', { cause: error });
  if (status !== undefined && status >= 400 && status < 500) {
    return new GatehouseError('ERR_REQUEST_MALFORMED', 'refused by the HTTP layer', { cause: error });
  }
  return new GatehouseError('ERR_INTERNAL', 'unexpected error', { cause: error });
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
}
