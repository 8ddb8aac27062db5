/** A real Dovecot 2.3 for a test, from one temporary folder, on free loopback ports; several live side by side. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ImapFlow } from 'imapflow';
import type { ImapFlowOptions } from 'imapflow';
import { createTransport } from 'nodemailer';
import { createAuthority, selfSigned } from './certificates.ts';
import type { CertificateAuthority, ServerCertificate } from './certificates.ts';
import { missingServers } from './available.ts';
import { startOnFreePorts } from './restartableServer.ts';
import { makeServerFolder } from './serverFolder.ts';
import { startServerProcess, untilGreeted } from './serverProcess.ts';

export interface DovecotOptions {
  /** Capabilities that it does not tell of, such as `QRESYNC`; together with `CONDSTORE` this makes the three levels of a sync. */
  readonly without?: readonly string[];
  readonly storage?: 'maildir' | 'sdbox' | 'mdbox';
  /** Default: one for localhost, of a CA made for this server (`ca`). */
  readonly certificate?: ServerCertificate;
  /** Says that the certificate above is its work; default: it is self-signed. */
  readonly authority?: CertificateAuthority;
  /** Takes tokens too (XOAUTH2, OAUTHBEARER), and asks here whether they are good: an introspection endpoint (RFC 7662) with its login. */
  readonly introspection?: {
    readonly url: string;
    readonly mechanisms?: readonly ('xoauth2' | 'oauthbearer')[];
    /** What of the answer is the mailbox that the token opens; default `sub`, its owner's own. */
    readonly mailbox?: string;
  };
  /** Its own lines for the configuration, after the others. */
  readonly config?: string;
}

export interface Dovecot extends AsyncDisposable {
  /** `localhost`: what its certificate is for. */
  readonly host: string;
  readonly ports: { readonly imap: number; readonly imaps: number; readonly lmtp: number };
  /** Any user name logs in with it; the first SELECT makes the mailbox. */
  readonly password: string;
  readonly folder: string;
  readonly certificate: ServerCertificate;
  /** PEM of what signed the certificate. */
  readonly ca: string;
  /** The Unix socket where Postfix asks whether a login is right. */
  readonly authSocket: string;
  /** Delivers by LMTP, as a mail server does: into INBOX, with its Received and Return-Path headers. */
  deliver(user: string, raw: string | Buffer, from?: string): Promise<void>;
  /**
   * Fills a folder fast, without a session: for users who have not logged in yet, or with a server of storage `maildir`. Messages get
   * UIDs in the order given.
   */
  fill(user: string, folder: string, messages: Iterable<StoredMessage>): void;
  /** `doveadm` on this server; resolves to its standard output. */
  doveadm(...args: readonly string[]): Promise<string>;
  /** A connected client that owes nothing to the engine, to look and to act as somebody else; closed with the server at the latest. */
  client(user: string, options?: Partial<ImapFlowOptions>): Promise<ImapFlow & AsyncDisposable>;
  /** Everything it logged so far. */
  log(): string;
  /** Ends all its processes, as a crash does, and keeps the mail. */
  stop(): Promise<void>;
  /** Starts it again on the same ports and mail. */
  start(): Promise<void>;
}

export interface StoredMessage {
  readonly raw: string | Buffer;
  readonly flags?: readonly ('\\Seen' | '\\Answered' | '\\Flagged' | '\\Deleted' | '\\Draft')[];
  /** INTERNALDATE. */
  readonly date?: Date;
}

/** No account of the system: Dovecot refuses uid 0, and takes any other number. */
const mailUser = 5000;

const capabilities = (
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS ' +
  'THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 ' +
  'CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY ' +
  'PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE COMPRESS=DEFLATE'
).split(' ');

export async function startDovecot(options: DovecotOptions = {}): Promise<Dovecot> {
  const missing = missingServers('dovecot');
  if (missing !== null) throw new Error(missing);

  await using stack = new AsyncDisposableStack();
  const folder = stack.use(makeServerFolder('dovecot')).path;
  const authority = options.authority ?? (options.certificate ? null : createAuthority());
  const certificate = options.certificate ?? authority?.issue() ?? selfSigned();
  const password = randomBytes(9).toString('base64url');
  // What makes sure that the server which answers is this one.
  const token = randomBytes(9).toString('hex');
  writeFileSync(join(folder, 'cert.pem'), certificate.cert);
  writeFileSync(join(folder, 'key.pem'), certificate.key, { mode: 0o600 });
  mkdirSync(join(folder, 'mail'));
  if (options.introspection) {
    writeFileSync(
      join(folder, 'oauth2.conf'),
      `introspection_mode = post\nintrospection_url = ${options.introspection.url}\nusername_attribute = ${options.introspection.mailbox ?? 'sub'}\nactive_attribute = active\nactive_value = true\n`,
    );
  }
  chownSync(join(folder, 'mail'), mailUser, mailUser);

  const logFile = join(folder, 'dovecot.log');
  const configFile = join(folder, 'dovecot.conf');
  const server = stack.use(
    await startOnFreePorts(3, ([imap = 0, imaps = 0, lmtp = 0]) => {
      writeFileSync(configFile, configuration({ folder, password, token, imap, imaps, lmtp, options }));
      const process = startServerProcess('/usr/sbin/dovecot', ['-F', '-c', configFile], logFile);
      return { process, ready: untilGreeted(imap, new RegExp(`^\\* OK .*${token}`), process.failed) };
    }),
  );

  const clients = new Set<ImapFlow>();
  stack.defer(() => {
    for (const client of clients) client.close();
  });
  const [imap = 0, imaps = 0, lmtp = 0] = server.ports;
  const run = promisify(execFile);
  const owned = stack.move();
  return {
    host: 'localhost',
    ports: { imap, imaps, lmtp },
    password,
    folder,
    certificate,
    ca: authority?.cert ?? certificate.cert,
    authSocket: join(folder, 'run/postfix-auth'),
    async deliver(user, raw, from = 'sender@outside.test') {
      const transport = createTransport({
        host: '127.0.0.1',
        port: lmtp,
        lmtp: true,
        secure: false,
        ignoreTLS: true,
      });
      try {
        await transport.sendMail({ envelope: { from, to: [user] }, raw });
      } finally {
        transport.close();
      }
    },
    fill(user, name, messages) {
      fillMaildir(join(folder, 'mail', user), name, messages);
    },
    async doveadm(...args) {
      const { stdout } = await run('doveadm', ['-c', configFile, ...args], { maxBuffer: 64 << 20 });
      return stdout;
    },
    async client(user, more = {}) {
      const client = new ImapFlow({
        host: '127.0.0.1',
        port: imap,
        secure: false,
        doSTARTTLS: false,
        auth: { user, pass: password },
        logger: false,
        disableAutoIdle: true,
        disableCompression: true,
        ...more,
      });
      client.on('error', () => undefined);
      clients.add(client);
      client.on('close', () => clients.delete(client));
      await client.connect();
      return Object.assign(client, {
        async [Symbol.asyncDispose]() {
          await client.logout().catch(() => {
            client.close();
          });
        },
      });
    },
    log: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''),
    stop: () => server.stop(),
    start: () => server.start(),
    async [Symbol.asyncDispose]() {
      await owned.disposeAsync();
    },
  };
}

interface Configuration {
  readonly folder: string;
  readonly password: string;
  readonly token: string;
  readonly imap: number;
  readonly imaps: number;
  readonly lmtp: number;
  readonly options: DovecotOptions;
}

function configuration({ folder, password, token, imap, imaps, lmtp, options }: Configuration): string {
  const without = new Set(options.without ?? []);
  const storage = options.storage ?? 'maildir';
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
instance_name = ${token}
log_path = ${folder}/dovecot.log
login_greeting = Dovecot ${token} ready.
listen = 127.0.0.1
protocols = imap lmtp

default_vsz_limit = 2G
first_valid_uid = 500
mail_location = ${storage}:~/${storage}
mail_home = ${folder}/mail/%u
mail_plugins = zlib
# Test speed: a machine that loses power during a test is no loss.
mail_fsync = never
mail_max_userip_connections = 200
imap_idle_notify_interval = 30 s
${without.size > 0 ? `imap_capability = ${capabilities.filter((word) => !without.has(word)).join(' ')}` : ''}

passdb {
  driver = static
  args = password=${password}
}
${options.introspection ? tokens(folder, options.introspection.mechanisms ?? ['xoauth2', 'oauthbearer']) : ''}
userdb {
  driver = static
  args = uid=${String(mailUser)} gid=${String(mailUser)} home=${folder}/mail/%u allow_all_users=yes
}
auth_failure_delay = 0
auth_username_format = %Lu
disable_plaintext_auth = no
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
ssl_min_protocol = TLSv1.2

service anvil {
  # Else wrong passwords slow later right ones.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  process_min_avail = 1
  service_count = 0
  inet_listener imap {
    port = ${String(imap)}
  }
  inet_listener imaps {
    port = ${String(imaps)}
    ssl = yes
  }
}
service imap {
  process_limit = 500
}
service lmtp {
  process_min_avail = 1
  inet_listener lmtp {
    port = ${String(lmtp)}
  }
  unix_listener lmtp {
    mode = 0
  }
}
service auth {
  unix_listener postfix-auth {
    mode = 0666
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
protocol imap {
  mail_plugins = zlib imap_zlib
}
protocol lmtp {
  mail_plugins = zlib
}

namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    special_use = \\Drafts
    auto = subscribe
  }
  mailbox Sent {
    special_use = \\Sent
    auto = subscribe
  }
  mailbox Trash {
    special_use = \\Trash
    auto = subscribe
  }
  mailbox Junk {
    special_use = \\Junk
    auto = subscribe
  }
  mailbox Archive {
    special_use = \\Archive
    auto = subscribe
  }
}
${options.config ?? ''}
`;
}

function tokens(folder: string, mechanisms: readonly string[]): string {
  return `
auth_mechanisms = plain login ${mechanisms.join(' ')}
passdb {
  driver = oauth2
  mechanisms = ${mechanisms.join(' ')}
  args = ${folder}/oauth2.conf
}
`;
}

const maildirFlags = { '\\Draft': 'D', '\\Flagged': 'F', '\\Answered': 'R', '\\Seen': 'S', '\\Deleted': 'T' };

/** Writes messages as Maildir++ files; their names hold size and virtual size, so that no file needs to be read to know them. */
function fillMaildir(home: string, folder: string, messages: Iterable<StoredMessage>): void {
  const root = join(home, 'maildir');
  const path = folder === 'INBOX' ? root : join(root, `.${modifiedUtf7(folder).replaceAll('/', '.')}`);
  for (const made of [home, root, path, join(path, 'cur'), join(path, 'new'), join(path, 'tmp')]) {
    if (existsSync(made)) continue;
    mkdirSync(made);
    chownSync(made, mailUser, mailUser);
    chmodSync(made, 0o700);
  }
  let count = 0;
  for (const { raw, flags = [], date = new Date() } of messages) {
    count += 1;
    const bytes = typeof raw === 'string' ? Buffer.from(raw) : raw;
    const seconds = Math.floor(date.getTime() / 1000);
    // Dovecot gives new files their UIDs in the order of their names.
    const name = `1000000000.${String(count).padStart(9, '0')}.${randomBytes(4).toString('hex')}`;
    const letters = flags.map((flag) => maildirFlags[flag]).sort();
    const file = join(
      path,
      'cur',
      `${name},S=${String(bytes.length)},W=${String(virtualSize(bytes))}:2,${letters.join('')}`,
    );
    writeFileSync(file, bytes);
    chownSync(file, mailUser, mailUser);
    utimesSync(file, seconds, seconds);
  }
}

/** As Dovecot names a folder's directory: modified UTF-7 (RFC 3501, 5.1.3). */
function modifiedUtf7(name: string): string {
  return name.replaceAll('&', '&-').replace(/[^\x20-\x7e]+/g, (text) => {
    const base64 = Buffer.from(text, 'utf16le').swap16().toString('base64');
    return `&${base64.replace(/=+$/, '').replaceAll('/', ',')}-`;
  });
}

/** With CRLF for each bare LF. */
function virtualSize(bytes: Buffer): number {
  let size = bytes.length;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1))
    if (bytes[at - 1] !== 13) size += 1;
  return size;
}
