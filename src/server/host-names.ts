/** @module The names by which browsers reach the public side: all of them have to stand in its certificate. */
import { type Configuration, publicUrlFor } from '../config/configuration.ts';

export function hostNamesOf(configuration: Configuration): readonly string[] {
  const { hostname } = new URL(publicUrlFor(configuration, configuration.ports));
  return [...new Set([hostname, ...configuration.hostNames])];
}
