import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failedRowsCsv } from '#engine/accounts/import/failedRows.ts';
import type { ImportFormat, ImportRow, ImportUser } from '#engine/accounts/import/importRow.ts';
import { readImport } from '#engine/accounts/import/readImport.ts';
import { isMailError } from '#shared/errors/MailError.ts';

const now = new Date('2026-06-01T00:00:00Z');
const read = (
  content: string | Uint8Array,
  options: { format?: ImportFormat; users?: ImportUser[]; now?: Date } = {},
) =>
  readImport(typeof content === 'string' ? Buffer.from(content) : content, {
    format: options.format ?? null,
    users: options.users ?? [],
    now: options.now ?? now,
    providerOf: (host) =>
      ({ 'imap.gmail.com': 'google', 'outlook.office365.com': 'microsoft' })[host] ?? null,
  });
const good = (row: ImportRow | undefined) => {
  if (!row?.outcome.ok) throw new Error(JSON.stringify(row));
  return row.outcome.account;
};
const faults = (row: ImportRow | undefined) => (row && !row.outcome.ok ? row.outcome.faults : []);
/** The code by which the file as a whole is refused. */
async function refusal(promise: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isMailError(error)) throw new Error('was not refused');
  return error.faults?.[0]?.code;
}

const header =
  'name,address,imapHost,imapPort,imapSecurity,imapUser,imapPassword,smtpHost,smtpPort,smtpSecurity';
const line = 'Anna,anna@xyz.test,imap.xyz.test,993,tls,anna,geheim,smtp.xyz.test,465,tls';

describe('I01: a table of accounts', () => {
  test('a good row is an account', async () => {
    const { format, rows } = await read(`${header}\n${line}\n`);
    expect(format).toBe('csv');
    expect(good(rows[0])).toMatchObject({
      settings: {
        name: 'Anna',
        imap: { host: 'imap.xyz.test', port: 993, user: 'anna' },
        smtp: { user: 'anna' },
      },
      credentials: { imapPassword: 'geheim', smtpPassword: null },
    });
  });

  const german =
    'Konto-Name;E-Mail-Adresse;Eingangsserver;Passwort\r\nBüro;büro@xyz.test;imap.xyz.test;straße\r\n';
  test.each([
    ['UTF-8', Buffer.from(german)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${german}`)],
    ['UTF-16 with a byte order mark', Buffer.from(`\uFEFF${german}`, 'utf16le')],
    ['UTF-16 without one', Buffer.from(german, 'utf16le')],
    ['Windows-1252', Buffer.from(german, 'latin1')],
  ])('its encoding and delimiter are found out: %s', async (_name, bytes) => {
    const { rows } = await read(bytes);
    expect(good(rows[0])).toMatchObject({
      settings: { name: 'Büro', address: 'büro@xyz.test' },
      credentials: { imapPassword: 'straße' },
    });
  });

  test.each([
    ['993,0', 993],
    ['993.0', 993],
    ["'993", 993],
    ['="993"', 993],
    [' 993 ', 993],
    ['1.143', 1143],
  ])('what a spreadsheet makes of a port is undone: %s', async (typed, port) => {
    const { rows } = await read(
      `address;imapHost;imapPort;password\na@x.test;h;"${typed.replaceAll('"', '""')}";p\n`,
    );
    expect(good(rows[0]).settings.imap.port).toBe(port);
  });

  test('a bad row is reported with its line and its reasons, and the others come in', async () => {
    const text = `${header}\n${line}\nBen,ben@xyz.test,imap.xyz.test,99999,ssl,ben,p,,,\n,"no
address",imap.xyz.test,993,tls,x,p,,,\nClara,clara@xyz.test,imap.xyz.test,143,starttls,clara,p,,,\n`;
    const { rows } = await read(text);
    expect(rows.map((row) => [row.line, row.outcome.ok])).toEqual([
      [2, true],
      [3, false],
      [4, false],
      [6, true],
    ]);
    expect(faults(rows[1])).toEqual([
      { path: 'imap.port', code: 'too-big', message: 'a port is a whole number from 1 to 65535' },
    ]);
    expect(faults(rows[2]).map(({ path }) => path)).toContain('address');
  });

  test('an address that stands there twice is imported once', async () => {
    const { rows } = await read(`${header}\n${line}\n${line.replace('anna@', 'ANNA@')}\n`);
    expect(rows.map((row) => row.outcome.ok)).toEqual([true, false]);
    expect(faults(rows[1])[0]?.code).toBe('duplicate-row');
  });

  test('a row with more fields than columns says so', async () => {
    const { rows } = await read(`address,imapHost,password\na@x.test,h,p,q,extra\n`);
    expect(faults(rows[0])[0]?.code).toBe('too-many-fields');
  });

  test('a column that is not known is named before anything is read', async () => {
    expect(await refusal(read('address,imapHost,pasword\n'))).toBe('unknown-column');
    expect(await refusal(read('foo,bar\n1,2\n', { format: 'csv' }))).toBe('no-header');
  });

  test('failed rows come back as a table that can be mended and read again, and run no formula', async () => {
    const csv = failedRowsCsv([
      {
        fields: { address: 'a@x.test', imapHost: 'h', imapPassword: 'p', name: '=HYPERLINK("x")' },
        line: 7,
        reason: 'no, "not" so',
      },
    ]);
    expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
    const { rows } = await read(csv);
    expect(good(rows[0]).settings).toMatchObject({ name: '=HYPERLINK("x")', address: 'a@x.test' });
  });

  test('10,000 rows are read', async () => {
    const rows = Array.from({ length: 10_000 }, (_, n) => line.replace('anna@', `user${n}@`));
    const result = await read([header, ...rows].join('\n'));
    expect(result.rows.filter((row) => row.outcome.ok)).toHaveLength(10_000);
  });

  test('100 MB are refused before they are read', async () => {
    expect(await refusal(read(new Uint8Array(100 * 1024 * 1024), { format: 'csv' }))).toBe('too-large');
  });
});

const autoconfig = (inside: string): string => `<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="xyz.test"><domain>xyz.test</domain><displayName>XYZ</displayName>
${inside}
<outgoingServer type="smtp"><hostname>smtp.%EMAILDOMAIN%</hostname><port>587</port><socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>`;
const imapServer = (user: string, password = ''): string =>
  `<incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType><username>${user}</username>${password}</incomingServer>`;

describe('an autoconfig file', () => {
  test('its placeholders are filled in for each user', async () => {
    const users = [
      { address: 'anna@xyz.test', password: 'a', name: 'Anna' },
      { address: 'ben@xyz.test', password: 'b' },
    ];
    const { format, rows } = await read(autoconfig(imapServer('%EMAILLOCALPART%')), { users });
    expect(format).toBe('autoconfig');
    expect(rows.map((row) => good(row).settings.imap.user)).toEqual(['anna', 'ben']);
    expect(good(rows[1])).toMatchObject({
      settings: { smtp: { host: 'smtp.xyz.test', port: 587, security: 'starttls', user: 'ben@xyz.test' } },
      credentials: { imapPassword: 'b' },
    });
  });

  test('one that names a person and a password is an account', async () => {
    const { rows } = await read(autoconfig(imapServer('anna@xyz.test', '<password>p&amp;q</password>')));
    expect(good(rows[0])).toMatchObject({
      settings: { address: 'anna@xyz.test', imap: { host: 'imap.xyz.test' } },
      credentials: { imapPassword: 'p&q' },
    });
  });

  test('without users and names it says what it needs', async () => {
    const { rows } = await read(autoconfig(imapServer('%EMAILADDRESS%')));
    expect(faults(rows[0])[0]?.code).toBe('needs-users');
  });

  test.each([
    [
      'a billion laughs',
      '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><clientConfig>&b;</clientConfig>',
      'xml-entities',
    ],
    [
      'an external entity',
      '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><clientConfig>&a;</clientConfig>',
      'xml-entities',
    ],
    ['half a file', '<clientConfig><emailProvider id="xyz.test"><incomingServer type="im', 'not-xml'],
    ['a page of a web server', '<html><body>Not found</body></html>', 'no-provider'],
  ])('%s is refused with the reason', async (_name, text, code) => {
    expect(await refusal(read(text, { format: 'autoconfig' }))).toBe(code);
  });

  test('POP3 alone is a row with its reason', async () => {
    const { rows } = await read(autoconfig(imapServer('x').replace('"imap"', '"pop3"')));
    expect(faults(rows[0])[0]?.code).toBe('no-imap');
  });
});

const mobileconfig = (payload: string, doctype = ''): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"${doctype}>
<plist version="1.0"><dict><key>PayloadType</key><string>Configuration</string><key>PayloadContent</key><array>${payload}</array></dict></plist>`;
const mailPayload = (
  more = '',
): string => `<dict><key>PayloadType</key><string>com.apple.mail.managed</string>
<key>EmailAccountType</key><string>EmailTypeIMAP</string><key>EmailAddress</key><string>anna@xyz.test</string>
<key>EmailAccountName</key><string>Anna &amp; Co</string><key>EmailAccountDescription</key><string>Büro</string>
<key>IncomingMailServerHostName</key><string>imap.xyz.test</string><key>IncomingMailServerPortNumber</key><integer>143</integer>
<key>IncomingMailServerUseSSL</key><true/><key>IncomingMailServerUsername</key><string>anna</string><key>IncomingPassword</key><string> geheim </string>
<key>OutgoingMailServerHostName</key><string>smtp.xyz.test</string><key>OutgoingMailServerUseSSL</key><true/>${more}</dict>`;

describe('I02: a configuration profile', () => {
  test('each mail payload is an account; the port tells TLS from STARTTLS; passwords are taken to the letter', async () => {
    const { format, rows } = await read(mobileconfig(mailPayload() + mailPayload()));
    expect(format).toBe('mobileconfig');
    expect(rows).toHaveLength(2);
    expect(good(rows[0])).toMatchObject({
      settings: {
        name: 'Büro',
        displayName: 'Anna & Co',
        imap: { port: 143, security: 'starttls' },
        smtp: { port: 465, security: 'tls', user: 'anna@xyz.test' },
      },
      credentials: { imapPassword: ' geheim ' },
    });
  });

  test('a payload without encryption for a server elsewhere needs the opt-in that only a person can give', async () => {
    const clear = mailPayload().replace(
      '<key>IncomingMailServerUseSSL</key><true/>',
      '<key>IncomingMailServerUseSSL</key><false/>',
    );
    const { rows } = await read(mobileconfig(clear));
    expect(good(rows[0]).settings.imap.security).toBe('none');
    expect(good(rows[0]).settings.allowPlaintext).toBeUndefined();
  });

  test.each([['POP only', mailPayload().replace('EmailTypeIMAP', 'EmailTypePOP'), 'no-imap']])(
    '%s is a row with its reason',
    async (_name, payload, code) => {
      const { rows } = await read(mobileconfig(payload));
      expect(faults(rows[0])[0]?.code).toBe(code);
    },
  );

  test.each([
    ['no mail payload', mobileconfig('<dict><key>PayloadType</key><string>wifi</string></dict>'), 'no-mail'],
    ['half a file', mobileconfig(mailPayload()).slice(0, 700), 'not-xml'],
    [
      'a billion laughs',
      mobileconfig(mailPayload(), ' [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]'),
      'xml-entities',
    ],
    ['an external entity', mobileconfig('&x;', ' [<!ENTITY x SYSTEM "file:///etc/passwd">]'), 'xml-entities'],
  ])('%s is refused with the reason', async (_name, text, code) => {
    expect(await refusal(read(text, { format: 'mobileconfig' }))).toBe(code);
  });

  function signed(text: string): Uint8Array {
    const folder = mkdtempSync(join(tmpdir(), 'profile-'));
    try {
      const path = (name: string): string => join(folder, name);
      writeFileSync(path('plain'), text);
      const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
      openssl(
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        'key',
        '-out',
        'cert',
        '-days',
        '30',
        '-subj',
        '/CN=Postkorb IT',
      );
      openssl(
        'smime',
        '-sign',
        '-in',
        'plain',
        '-out',
        'signed',
        '-signer',
        'cert',
        '-inkey',
        'key',
        '-outform',
        'der',
        '-nodetach',
        '-binary',
      );
      return readFileSync(path('signed'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test('a signed profile is opened, and says who signed it', async () => {
    const result = await read(signed(mobileconfig(mailPayload())), { now: new Date() });
    expect(result.signer).toBe('Postkorb IT');
    expect(good(result.rows[0]).settings.address).toBe('anna@xyz.test');
  });

  test('one whose signing certificate has run out, that was changed, or that is cut off is refused', async () => {
    const bytes = signed(mobileconfig(mailPayload()));
    expect(await refusal(read(bytes, { now: new Date(Date.now() + 40 * 86_400_000) }))).toBe(
      'signature-expired',
    );
    const changed = Buffer.from(bytes);
    const at = changed.indexOf('imap.xyz.test');
    changed[at] = 'j'.charCodeAt(0);
    expect(await refusal(read(changed, { now: new Date() }))).toBe('bad-signature');
    expect(await refusal(read(bytes.subarray(0, 300), { now: new Date() }))).toBe('truncated');
  });
});

test('Postkorb JSON: one account, a list, or a list under "accounts"', async () => {
  const account = {
    name: 'Anna',
    address: 'anna@xyz.test',
    imap: { host: 'h', port: 993, security: 'tls', user: 'anna', password: 'p' },
    smtp: null,
  };
  for (const value of [account, [account], { accounts: [account] }]) {
    const { format, rows } = await read(JSON.stringify(value));
    expect(format).toBe('postkorb');
    expect(good(rows[0]).settings.name).toBe('Anna');
  }
  const { rows } = await read(JSON.stringify([{ ...account, colour: 'red' }, account]));
  expect(faults(rows[0])).toEqual([expect.objectContaining({ path: 'colour', code: 'unknown-key' })]);
  expect(rows[1]?.outcome.ok).toBe(true);
});

test('whatever bytes a file holds, it is read or refused with a reason', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom<ImportFormat | undefined>(undefined, 'csv', 'autoconfig', 'mobileconfig', 'postkorb'),
      async (bytes, format) => {
        try {
          await read(bytes, format ? { format } : {});
        } catch (error) {
          expect(isMailError(error)).toBe(true);
        }
      },
    ),
  );
});

describe('accounts that sign in at a provider', () => {
  const server = '"host":"imap.gmail.com","port":993,"security":"tls","user":"anna@xyz.test"';
  const json = (auth: string): string =>
    `[{"name":"Anna","address":"anna@xyz.test","imap":{${server}},"smtp":null,"auth":${auth}}]`;
  const xml = (authentication: string): string =>
    `<clientConfig><emailProvider id="xyz.test"><incomingServer type="imap"><hostname>imap.gmail.com</hostname><port>993</port>` +
    `<socketType>SSL</socketType><username>%EMAILADDRESS%</username>${authentication}</incomingServer></emailProvider></clientConfig>`;
  const profile = (payload: string): string =>
    `<plist><dict><key>PayloadContent</key><array><dict>${payload}</dict></array></dict></plist>`;
  const pair = (key: string, value: string): string => `<key>${key}</key><string>${value}</string>`;
  const mail = pair('PayloadType', 'com.apple.mail.managed') + pair('EmailAccountType', 'EmailTypeIMAP');
  const person = pair('EmailAddress', 'anna@xyz.test');
  const oauth = '<authentication>OAuth2</authentication>';
  const both = `${oauth}<authentication>password-cleartext</authentication>`;
  const nobody: ImportUser[] = [{ address: 'anna@xyz.test', password: '' }];
  const somebody: ImportUser[] = [{ address: 'anna@xyz.test', password: 'app password' }];

  test.each<[string, string, string, ImportUser[]?]>([
    ['an account file', json('"oauth2"'), 'google'],
    [
      'an account file that names its provider',
      json('{"method":"oauth2","provider":"https://login.xyz.test"}'),
      'https://login.xyz.test',
    ],
    ['a table', 'address;imapHost;auth\nanna@xyz.test;imap.gmail.com;OAuth 2', 'google'],
    [
      'a table that names its provider',
      'address;imapHost;auth;provider\nanna@xyz.test;imap.xyz.test;oauth2;https://login.xyz.test',
      'https://login.xyz.test',
    ],
    ['autoconfig that knows no other way', xml(oauth), 'google', somebody],
    ['autoconfig for somebody without a password', xml(both), 'google', nobody],
    [
      'a profile',
      profile(
        mail +
          person +
          pair('IncomingMailServerHostName', 'imap.gmail.com') +
          pair('IncomingMailServerAuthentication', 'EmailAuthOAuth2'),
      ),
      'google',
    ],
    [
      'a profile for a Google account',
      profile(pair('PayloadType', 'com.apple.google-oauth') + person),
      'google',
    ],
    [
      'a profile for Exchange with OAuth',
      profile(`${pair('PayloadType', 'com.apple.eas.account')}<key>OAuth</key><true/>${person}`),
      'microsoft',
    ],
  ])('%s', async (_what, content, provider, users = []) => {
    const { rows } = await read(content, { users });
    expect(good(rows[0])).toMatchObject({
      settings: { address: 'anna@xyz.test', auth: { method: 'oauth2', provider } },
      credentials: null,
    });
  });

  test('a password is used where there is one and the server takes it', async () => {
    const { rows } = await read(xml(both), { users: somebody });
    expect(good(rows[0])).toMatchObject({ credentials: { imapPassword: 'app password' } });
    expect(good(rows[0]).settings.auth).toBeUndefined();
  });

  test.each<[string, string, string]>([
    [
      'a server that nobody is known to sign in for',
      'address;imapHost;auth\nanna@xyz.test;imap.xyz.test;oauth2',
      'auth.provider',
    ],
    [
      'a way that is not known',
      'address;imapHost;imapPassword;auth\nanna@xyz.test;imap.gmail.com;x;kerberos',
      'auth',
    ],
    ['Exchange without OAuth', profile(pair('PayloadType', 'com.apple.eas.account') + person), 'PayloadType'],
  ])('%s is a fault of the row', async (_what, content, path) => {
    const { rows } = await read(content);
    expect(faults(rows[0])[0]?.path).toBe(path);
  });
});
