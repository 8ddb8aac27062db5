/** Fifty desks: as many accounts by each format of file into a fresh profile, each tested, saved, and with its mail. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '#test/servers/available.ts';
import { openCliBench } from './cli.ts';
import type { CliBench, Json } from './cli.ts';
import { startMailServers } from './mailServers.ts';
import type { MailServers } from './mailServers.ts';

const count = 50;
const users = Array.from({ length: count }, (_, index) => `desk${String(index + 1).padStart(2, '0')}`);

describeWith(['dovecot', 'postfix'], 'fifty accounts in one go', () => {
  let servers: MailServers;
  beforeAll(async () => {
    servers = await startMailServers();
    for (const user of users)
      await servers.dovecot.deliver(
        `${user}@xyz.test`,
        `From: it@xyz.test\r\nTo: ${user}@xyz.test\r\nSubject: Welcome ${user}\r\nMessage-ID: <${user}@xyz.test>\r\n\r\nHello\r\n`,
      );
  });
  afterAll(() => servers[Symbol.asyncDispose]());

  const password = (): string => servers.dovecot.password;
  const imap = (): number => servers.dovecot.ports.imaps;
  const formats: Record<string, (cli: CliBench) => readonly string[]> = {
    postkorb: (cli) => [
      cli.write('all.json', { accounts: users.map((user) => servers.accountFile(user, { smtp: null })) }),
    ],
    csv: (cli) => [
      cli.write(
        'all.csv',
        [
          'address;imapHost;imapPort;imapSecurity;imapUser;imapPassword',
          ...users.map(
            (user) => `${user}@xyz.test;localhost;${String(imap())};tls;${user}@xyz.test;${password()}`,
          ),
        ].join('\r\n'),
      ),
    ],
    autoconfig: (cli) => [
      cli.write(
        'all.xml',
        `<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="xyz.test"><domain>xyz.test</domain>
<incomingServer type="imap"><hostname>localhost</hostname><port>${String(imap())}</port><socketType>SSL</socketType>
<username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></incomingServer></emailProvider></clientConfig>`,
      ),
      '--users',
      cli.write('users.csv', users.map((user) => `${user}@xyz.test;${password()};${user}`).join('\n')),
    ],
    mobileconfig: (cli) => [
      cli.write(
        'all.mobileconfig',
        `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>PayloadType</key><string>Configuration</string>
<key>PayloadContent</key><array>${users
          .map(
            (user) => `<dict><key>PayloadType</key><string>com.apple.mail.managed</string>
<key>EmailAccountType</key><string>EmailTypeIMAP</string><key>EmailAddress</key><string>${user}@xyz.test</string>
<key>IncomingMailServerHostName</key><string>localhost</string><key>IncomingMailServerPortNumber</key><integer>${String(imap())}</integer>
<key>IncomingMailServerUseSSL</key><true/><key>IncomingMailServerUsername</key><string>${user}@xyz.test</string>
<key>IncomingPassword</key><string>${password()}</string></dict>`,
          )
          .join('')}</array></dict></plist>`,
      ),
    ],
  };

  test.each(Object.keys(formats))('from %s: imported, and fetched', async (format) => {
    await using cli = openCliBench({ ca: servers.ca });
    const begun = performance.now();
    const imported = await cli.ok('account', 'import', ...(formats[format]?.(cli) ?? []));
    expect(imported).toMatchObject({ format, failed: [], skipped: [] });
    expect(imported.imported).toHaveLength(count);
    const synced = await cli.ok('sync');
    expect(synced.accounts.filter(({ ok, messages }: Json) => ok && messages === 1)).toHaveLength(count);
    const { messages } = await cli.ok('search', 'Welcome', '--limit', '100');
    expect(messages).toHaveLength(count);
    const listed = await cli.ok<{ health: Json }[]>('account', 'list');
    for (const { health } of listed) {
      expect(health).toMatchObject({ loginMs: expect.any(Number), listMs: expect.any(Number) });
      expect(Date.parse(health.certificateUntil)).toBeGreaterThan(Date.now());
    }
    expect(performance.now() - begun).toBeLessThan(60_000);
  });
});
