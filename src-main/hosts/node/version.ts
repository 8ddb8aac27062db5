/** The version of this build. */
import { readFileSync } from 'node:fs';

/** Put in by the build; from the sources it is read from package.json. */
declare const POSTKORB_VERSION: string | undefined;

export function appVersion(): string {
  if (typeof POSTKORB_VERSION === 'string') return POSTKORB_VERSION;
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  );
  return (manifest as { version: string }).version;
}
