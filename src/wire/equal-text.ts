/** @module Comparing two secret texts in a time that tells neither where they differ nor how long they are. */
import { hash, timingSafeEqual } from 'node:crypto';

/** Compares digests, which have one length; the digest also hides how much of a guess was right from its own timing. */
export function equalText(one: string, other: string): boolean {
  return timingSafeEqual(hash('sha256', encode(one), 'buffer'), hash('sha256', encode(other), 'buffer'));
}

/** UTF-16, because in UTF-8 every lone surrogate becomes the same replacement character. */
function encode(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}
