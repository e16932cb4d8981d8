/** @module The code of the GatehouseError that a call ends with. */
import { type ErrorCode, GatehouseError } from '../../src/spi/errors.ts';

/** The code that `call` throws, or `undefined` when it returns. Any other error is a bug and goes on. */
export function refusalOf(call: () => unknown): ErrorCode | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof GatehouseError) return error.code;
    throw error;
  }
}

export async function rejectionOf(call: Promise<unknown>): Promise<ErrorCode | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof GatehouseError) return error.code;
    throw error;
  }
}
