/** @module Telling a fault of the operating system from a bug. */

/** A refused system call, with its code such as ENOENT. Whatever has none is a bug and goes on. */
export function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}
