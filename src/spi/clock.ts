/** @module Time and randomness as arguments, so that every rule about them can be tested without waiting. */

export interface Clock {
  /** Whole milliseconds since the epoch. */
  now(): number;
  /** Milliseconds with fractions since some moment, never set back: for durations, and for nothing else. */
  timer(): number;
}

export interface Random {
  /** `length` bytes from a cryptographic generator. */
  bytes(length: number): Uint8Array;
}

export interface Timers {
  /** Calls back once after `ms`. The function returned cancels it, and does nothing when it is too late. */
  start(callback: () => void, ms: number): () => void;
}
