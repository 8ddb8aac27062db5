/** Where a profile lies and what stands where in it. */
import { mkdirSync } from 'node:fs';
import { join, resolve, win32 } from 'node:path';
import envPaths from 'env-paths';
import type { ProfilePaths } from '#engine/ports/ports.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface NodeProfilePaths extends ProfilePaths {
  readonly log: string;
  /** The encrypted secrets and the key to them, where there is no keychain. */
  readonly secrets: string;
  readonly secretsKey: string;
}

/** The profile's folder: as asked for, else `POSTKORB_PROFILE`, else the platform's place for application data. Absolute. */
export function profileRoot(asked: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const chosen = asked ?? env['POSTKORB_PROFILE'];
  return chosen !== undefined && chosen !== ''
    ? resolve(chosen)
    : join(envPaths('Postkorb', { suffix: '' }).data, 'profile');
}

/** The paths inside `root`. Makes the folders, readable by their owner alone; `file-unreadable` where that is not possible. */
export function openProfilePaths(root: string): NodeProfilePaths {
  const paths: NodeProfilePaths = {
    root,
    store: join(root, 'mail.sqlite'),
    cache: join(root, 'cache'),
    log: join(root, 'log'),
    secrets: join(root, 'secrets.json'),
    secretsKey: join(root, 'secrets.key'),
  };
  for (const folder of [paths.root, paths.cache, paths.log]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new MailError('file-unreadable', { file: folder }, { cause });
    }
  }
  return paths;
}

/** Where this machine's administrator puts the policy: `POSTKORB_POLICY`, else the platform's place for settings of all users. */
export function policyFile(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const named = env['POSTKORB_POLICY'] ?? '';
  if (named !== '') return resolve(named);
  if (platform === 'win32')
    return win32.join(env['ProgramData'] ?? 'C:\\ProgramData', 'Postkorb', 'policy.json');
  if (platform === 'darwin') return '/Library/Application Support/Postkorb/policy.json';
  // A flatpak's /etc is the runtime's; the machine's lies here, for whom its administrator opens it (docs/packages.md).
  if (env['FLATPAK_ID'] !== undefined) return '/run/host/etc/postkorb/policy.json';
  return '/etc/postkorb/policy.json';
}

/** Where a profile's lock and the words about its holder lie. */
export function lockPaths(profile: string): { lock: string; holder: string } {
  return { lock: join(profile, 'lock.sqlite'), holder: join(profile, 'holder.json') };
}
