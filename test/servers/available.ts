/** Which servers this machine has. Where one is missing its suites are skipped, and one line says what to install. */
import { existsSync } from 'node:fs';
import { describe } from 'vitest';

interface Tool {
  /** Files that must all be there. */
  readonly files: readonly string[];
  readonly packages: string;
}

const tools = {
  dovecot: {
    files: ['/usr/sbin/dovecot', '/usr/lib/dovecot/imap', '/usr/lib/dovecot/lmtp'],
    packages: 'dovecot-imapd dovecot-lmtpd',
  },
  postfix: { files: ['/usr/sbin/postfix', '/usr/lib/postfix/sbin/master'], packages: 'postfix' },
  nginx: {
    files: ['/usr/sbin/nginx', '/usr/lib/nginx/modules/ngx_http_dav_ext_module.so'],
    packages: 'nginx-light libnginx-mod-http-dav-ext',
  },
} satisfies Record<string, Tool>;

export type ServerName = keyof typeof tools;

/** What keeps these servers from being started here, in one line; null: nothing. */
export function missingServers(...names: readonly ServerName[]): string | null {
  const absent = names.filter((name) => !tools[name].files.every((file) => existsSync(file)));
  if (absent.length > 0) {
    return `${absent.join(', ')} missing: apt-get install -y --no-install-recommends ${absent.map((name) => tools[name].packages).join(' ')}`;
  }
  if (process.getuid?.() !== 0)
    return `${names.join(', ')} are started by these tests as root only: run them as root`;
  return null;
}

/** `describe` for suites that need these servers. */
export function describeWith(names: readonly ServerName[], title: string, body: () => void): void {
  const missing = missingServers(...names);
  if (missing === null) {
    describe(title, body);
    return;
  }
  process.stderr.write(`skipped "${title}": ${missing}\n`);
  describe.skip(title, body);
}
