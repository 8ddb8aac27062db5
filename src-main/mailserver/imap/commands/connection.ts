/** Commands of the connection itself: who are you, what can you, goodbye. */
import type { LoginRefusal } from '../../faults/faultSpecs.ts';
import type { MailUser } from '../../storage/MailUser.ts';
import type { Arguments } from '../Arguments.ts';
import type { Commands, Done } from '../command.ts';
import type { ImapSession } from '../ImapSession.ts';
import { bad, Refusal } from '../Refusal.ts';

export const connectionCommands: Commands = {
  CAPABILITY: {
    when: 'any',
    run: (session, args) => {
      args.end();
      session.untagged(`CAPABILITY ${session.capabilityList}`);
      return { text: 'Capability completed' };
    },
  },
  NOOP: {
    when: 'any',
    run: (_session, args) => {
      args.end();
      return { text: 'NOOP completed' };
    },
  },
  ID: {
    when: 'any',
    needs: 'ID',
    run: (session) => {
      session.untagged('ID ("name" "Postkorb")');
      return { text: 'ID completed' };
    },
  },
  LOGOUT: {
    when: 'any',
    run: (session, args) => {
      args.end();
      session.untagged('BYE logging out');
      session.afterAnswer(() => {
        session.end();
      });
      return { text: 'Logout completed' };
    },
  },
  STARTTLS: {
    when: 'before-login',
    run: (session, args) => {
      args.end();
      const { secureContext, faults } = session.surroundings;
      if (secureContext === null || session.secure || session.hidesStartTls) throw bad('unknown command');
      const injection = faults.take('starttls-injection', (spec) => spec.protocol !== 'smtp');
      const bytes =
        injection === null ? null : (injection.bytes ?? '* CAPABILITY IMAP4rev1 AUTH=PLAIN X-INJECTED\r\n');
      session.afterAnswer(() => {
        session.startTls(secureContext, bytes === null ? null : Buffer.from(bytes, 'latin1'));
      });
      return { text: 'Begin TLS negotiation now' };
    },
  },
  LOGIN: {
    when: 'before-login',
    run: (session, args) => {
      args.space();
      const login = args.text();
      args.space();
      const password = args.text();
      args.end();
      return logIn(session, login, (user) => user.password === password);
    },
  },
  AUTHENTICATE: { when: 'before-login', run: authenticate },
  ENABLE: {
    when: 'authenticated',
    needs: 'ENABLE',
    run: (session, args) => {
      const newly: string[] = [];
      while (!args.atEnd) {
        args.space();
        const name = args.atom().toUpperCase();
        if ((name === 'CONDSTORE' || name === 'QRESYNC') && session.has(name) && !session.enabled.has(name)) {
          session.enabled.add(name);
          session.enabled.add('CONDSTORE');
          newly.push(name);
        }
      }
      session.untagged(`ENABLED${newly.map((name) => ` ${name}`).join('')}`);
      return { text: 'Enabled' };
    },
  },
};

async function authenticate(session: ImapSession, args: Arguments): Promise<Done> {
  args.space();
  const mechanism = args.atom().toUpperCase();
  let initial: string | null = null;
  if (!args.atEnd) {
    if (!session.has('SASL-IR')) throw bad('no initial response here');
    args.space();
    initial = args.take('=') ? '' : args.match(/[A-Za-z0-9+/=]+/, 'base64');
    args.end();
  }
  if (!offers(session, mechanism)) throw new Refusal('NO', 'unsupported mechanism');
  if (mechanism === 'LOGIN') {
    const login = decode(initial ?? (await answer(session, encode('Username:'))));
    const password = decode(await answer(session, encode('Password:')));
    return logIn(session, login, (user) => user.password === password);
  }
  if (!['PLAIN', 'XOAUTH2', 'OAUTHBEARER'].includes(mechanism))
    throw new Refusal('NO', 'unsupported mechanism');
  const response = decode(initial ?? (await answer(session, '')));
  if (mechanism === 'PLAIN') {
    const [, login = '', password = ''] = response.split('\0');
    return logIn(session, login, (user) => user.password === password);
  }
  const login = /(?:^user=|^n,a=)([^\x01,]*)/.exec(response)?.[1] ?? '';
  const token = /auth=Bearer ([^\x01]*)/i.exec(response)?.[1] ?? '';
  try {
    return logIn(session, login, (user) => user.accessToken !== null && user.accessToken === token);
  } catch (error) {
    // RFC 7628 section 3.2.3: the reason comes as a challenge, which the client answers with nothing.
    await answer(session, encode('{"status":"invalid_token","schemes":"bearer"}'));
    throw error;
  }
}

function offers(session: ImapSession, mechanism: string): boolean {
  return [...session.surroundings.capabilities].some((name) => name === `AUTH=${mechanism}`);
}

async function answer(session: ImapSession, challenge: string): Promise<string> {
  const line = await session.ask(challenge);
  if (line === null) return session.abandon();
  if (line === '*') throw bad('authentication cancelled');
  return line;
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

const refusals: Readonly<Record<LoginRefusal, Refusal>> = {
  'auth-failed': new Refusal('NO', 'Authentication failed.', 'AUTHENTICATIONFAILED'),
  unavailable: new Refusal('NO', 'Internal error occurred. Try again later.', 'UNAVAILABLE'),
  'too-many-connections': new Refusal('NO', 'Maximum number of connections from user+IP exceeded', 'LIMIT'),
  expired: new Refusal('NO', 'Password expired.', 'EXPIRED'),
};

function logIn(session: ImapSession, login: string, proves: (user: MailUser) => boolean): Done {
  const { faults, users } = session.surroundings;
  const fault = faults.take(
    'login-refused',
    (spec) => spec.protocol !== 'smtp' && (spec.user === undefined || spec.user === login),
  );
  if (fault !== null) throw refusals[fault.reason];
  const user = users.byLogin(login);
  if (user === null || !proves(user)) throw refusals['auth-failed'];
  session.login(user);
  return { text: 'Logged in', code: `CAPABILITY ${session.capabilityList}` };
}
