/** @module The keys under which login modules seal what they keep: a file below `data/keys` for each purpose. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { Random } from '../spi/clock.ts';
import type { ModuleServices } from '../spi/module-services.ts';
import { openKeyFile, readKeyFile } from './key-file.ts';

export function sealingKeys(home: HomeFolder, random: Random): ModuleServices['sealingKey'] {
  return async (purpose, make) => {
    const file = `data/keys/${purpose}.key`;
    if (make) return openKeyFile(home, file, random);
    return (await home.exists(file)) ? readKeyFile(home, file) : undefined;
  };
}
