/** The two ways a token is handed to a mail server: OAUTHBEARER (RFC 7628) and XOAUTH2 (Google's and Microsoft's own). */

export interface BearerMechanism {
  readonly mechanism: 'OAUTHBEARER' | 'XOAUTH2';
  /** The first message, in base64. */
  readonly initial: string;
  /** The answer to a challenge that tells why it was refused; the refusal itself comes after it. */
  readonly acknowledge: string;
}

/** What is said, of what the server offers; null: it takes no token. */
export function bearerMechanism(
  offered: ReadonlySet<string>,
  { host, port, user, token }: { host: string; port: number; user: string; token: string },
): BearerMechanism | null {
  const base64 = (parts: readonly string[]): string => Buffer.from(parts.join('\u0001')).toString('base64');
  if (offered.has('OAUTHBEARER')) {
    const name = user.replaceAll('=', '=3D').replaceAll(',', '=2C');
    return {
      mechanism: 'OAUTHBEARER',
      initial: base64([
        `n,a=${name},`,
        `host=${host}`,
        `port=${String(port)}`,
        `auth=Bearer ${token}`,
        '',
        '',
      ]),
      acknowledge: 'AQ==',
    };
  }
  if (offered.has('XOAUTH2')) {
    return {
      mechanism: 'XOAUTH2',
      initial: base64([`user=${user}`, `auth=Bearer ${token}`, '', '']),
      acknowledge: '',
    };
  }
  return null;
}
