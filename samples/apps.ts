/** @module The three sample applications by name: where they live and who may enter. Host names of their own keep their cookies apart. */

export interface SampleApp {
  readonly name: string;
  readonly title: string;
  readonly host: string;
  readonly port: number;
  /** Who has one of these roles sees `/secure/`. */
  readonly roles: readonly string[];
}

const firstPort = 8081;

/** `portOffset` is added to every port, as it is to the server's own. */
export function sampleApps(portOffset: number): readonly SampleApp[] {
  const app = (letter: string, index: number, roles: readonly string[]): SampleApp => ({
    name: `sample-${letter}`,
    title: `Sample application ${letter.toUpperCase()}`,
    host: `app-${letter}.localhost`,
    port: firstPort + index + portOffset,
    roles,
  });
  return [app('a', 0, ['all', 'AB']), app('b', 1, ['all', 'AB']), app('c', 2, ['all', 'C'])];
}

/** The origin that a browser uses. Browsers take every name under `localhost` to loopback (RFC 6761 §6.3). */
export function originOf(app: SampleApp): string {
  return `http://${app.host}:${app.port}`;
}

/** The application's SAML entityID. */
export function entityIdOf(app: SampleApp): string {
  return `${originOf(app)}/saml/metadata`;
}
