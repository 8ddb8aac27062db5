/** A real nginx for a test, from one temporary folder: a web server that files can be read from and, by WebDAV, be put on. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingServers } from './available.ts';
import { createAuthority } from './certificates.ts';
import type { ServerCertificate } from './certificates.ts';
import { startOnFreePorts } from './restartableServer.ts';
import { makeServerFolder } from './serverFolder.ts';
import { startServerProcess, untilGreeted } from './serverProcess.ts';

export interface NginxOptions {
  /** Default: one for localhost of a CA made for this server (`ca`). */
  readonly certificate?: ServerCertificate;
  /** Lines inside its `server` block. */
  readonly config?: string;
}

/**
 * `/` is there to be read, with an ETag; `/dav/` takes PUT, DELETE, MKCOL, COPY and MOVE as well; `/private/` does so for `user` with
 * `password` alone. Like most plain WebDAV servers nginx pays no heed to If-Match on a PUT: the last writer wins.
 */
export interface Nginx extends AsyncDisposable {
  readonly host: string;
  readonly ports: { readonly http: number; readonly https: number };
  /** PEM of what signed the certificate. */
  readonly ca: string;
  readonly certificate: ServerCertificate;
  readonly user: string;
  readonly password: string;
  /** The folder behind `/`, for looking and for changing things behind the clients' backs. */
  readonly root: string;
  /** `https:` unless said otherwise. */
  url(path: string, scheme?: 'http' | 'https'): string;
  /** What was asked of it so far, such as `PUT /dav/config.json 201`. */
  requests(): string[];
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startNginx(options: NginxOptions = {}): Promise<Nginx> {
  const missing = missingServers('nginx');
  if (missing !== null) throw new Error(missing);

  await using stack = new AsyncDisposableStack();
  const folder = stack.use(makeServerFolder('nginx')).path;
  const authority = createAuthority();
  const certificate = options.certificate ?? authority.issue();
  const token = randomBytes(9).toString('hex');
  const [user, password] = ['admin', randomBytes(9).toString('base64url')];
  const root = join(folder, 'root');
  for (const path of [root, join(root, 'dav'), join(root, 'private'), join(folder, 'temp')]) mkdirSync(path);
  writeFileSync(join(folder, 'cert.pem'), certificate.cert);
  writeFileSync(join(folder, 'key.pem'), certificate.key, { mode: 0o600 });
  writeFileSync(join(folder, 'users'), `${user}:{PLAIN}${password}\n`);

  const errorLog = join(folder, 'error.log');
  const accessLog = join(folder, 'access.log');
  const configFile = join(folder, 'nginx.conf');
  const server = stack.use(
    await startOnFreePorts(2, ([http = 0, https = 0]) => {
      writeFileSync(configFile, configuration(folder, token, http, https, options));
      const args = ['-p', folder, '-c', configFile, '-e', errorLog];
      const process = startServerProcess('/usr/sbin/nginx', args, join(folder, 'output.log'), errorLog);
      const question = `GET /ready-${token} HTTP/1.0\r\n\r\n`;
      return { process, ready: untilGreeted(http, new RegExp(`ready ${token}`), process.failed, question) };
    }),
  );

  const [http = 0, https = 0] = server.ports;
  const owned = stack.move();
  return {
    host: 'localhost',
    ports: { http, https },
    ca: options.certificate ? options.certificate.cert : authority.cert,
    certificate,
    user,
    password,
    root,
    url: (path, scheme = 'https') =>
      new URL(path, `${scheme}://localhost:${String(scheme === 'http' ? http : https)}/`).href,
    requests: () =>
      existsSync(accessLog)
        ? readFileSync(accessLog, 'utf8')
            .split('\n')
            .filter((line) => line !== '')
        : [],
    stop: () => server.stop(),
    start: () => server.start(),
    async [Symbol.asyncDispose]() {
      await owned.disposeAsync();
    },
  };
}

function configuration(
  folder: string,
  token: string,
  http: number,
  https: number,
  options: NginxOptions,
): string {
  const dav =
    'dav_methods PUT DELETE MKCOL COPY MOVE; dav_ext_methods PROPFIND OPTIONS; create_full_put_path on;';
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/temp/${name};`)
    .join(' ');
  return `
load_module /usr/lib/nginx/modules/ngx_http_dav_ext_module.so;
daemon off;
master_process off;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  ${temp}
  log_format short '$request_method $request_uri $status';
  access_log ${folder}/access.log short;
  default_type application/octet-stream;
  client_max_body_size 20m;
  server {
    listen 127.0.0.1:${String(http)};
    listen 127.0.0.1:${String(https)} ssl;
    server_name localhost;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    root ${folder}/root;
    location = /ready-${token} { access_log off; return 200 "ready ${token}"; }
    location /dav/ { ${dav} }
    location /private/ {
      auth_basic "private";
      auth_basic_user_file ${folder}/users;
      ${dav}
    }
    ${options.config ?? ''}
  }
}
`;
}
