/** @module `Secret`: a value that cannot be printed, logged, serialised or inspected by accident. */
import { inspect } from 'node:util';

/** Holds a password, key, token or assertion. Only `reveal()` gives it back; every other way out prints `[secret]`. */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
