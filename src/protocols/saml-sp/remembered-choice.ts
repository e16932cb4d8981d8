/** @module The identity provider that a browser was sent to last, as a value of a cookie that says nothing to anybody else. */
import { createHash } from 'node:crypto';

export function choiceOf(entityId: string): string {
  return createHash('sha256').update(entityId).digest('base64url');
}
