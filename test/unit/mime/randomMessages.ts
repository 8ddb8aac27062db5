/** Messages that are wrong in every way that a structure can be: the same ones for the same seed. */

/** Uniform in [0, 1). */
export function seeded(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const boundaries = ['a', 'ab', 'abc', 'a b', 'X', '--', 'a--', 'b'];
const lines = [
  ...['hello', '', 'From me', 'Subject: x', 'text ', 'no colon here', '----', '--'],
  ...['--a', '--ab', '--a--', '--abc--', '--X', '--b', '--b--', '--a \t', '--abx'],
];
const oddHeaders = [
  ...['Garbage line', 'From x y', ' continued', 'X-Y : z', '--a'],
  'Content-Type: multipart/mixed; boundary="zz"',
];
const oddTypes = [
  ...['text', ';x=y', 'a/b/c', '', 'multipart/mixed', 'message/global', 'message/delivery-status'],
  ...['message/rfc822; x\r\nContent-Transfer-Encoding: base64', 'text/plain (comment); charset=x'],
];

export function randomMessage(random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const some = (): string =>
    Array.from({ length: Math.floor(random() * 4) }, () => `${pick(lines)}\r\n`).join('');
  const empty = (): string => (random() < 0.9 ? '\r\n' : '');

  const parts = (boundary: string, depth: number): string => {
    let text = random() < 0.4 ? `${pick(lines)}\r\n` : '';
    for (let count = Math.floor(random() * 4); count > 0; count -= 1) {
      text += `--${boundary}${random() < 0.1 ? ' ' : ''}\r\n`;
      text += depth > 0 ? entity(depth - 1) : `${pick(lines)}\r\n`;
      text += empty();
    }
    if (random() < 0.7) text += `--${boundary}--\r\n`;
    return random() < 0.4 ? `${text}${pick(lines)}\r\n` : text;
  };

  const entity = (depth: number): string => {
    const odd = random() < 0.15 ? `${pick(oddHeaders)}\r\n` : '';
    const boundary = pick(boundaries);
    switch (
      pick(['plain', 'multi', 'multi', 'multi', 'message', 'none', 'digest', 'binary', 'odd', 'empty'])
    ) {
      case 'plain':
        return `${odd}Content-Type: text/plain\r\n${empty()}${some()}`;
      case 'multi':
        return `${odd}Content-Type: multipart/${pick(['mixed', 'alternative', 'related', 'MIXED'])}; boundary="${boundary}"\r\n${empty()}${parts(boundary, depth)}`;
      case 'digest':
        return `${odd}Content-Type: multipart/digest; boundary="${boundary}"\r\n${empty()}${parts(boundary, depth)}`;
      case 'message':
        return `${odd}Content-Type: message/rfc822\r\n${empty()}${depth > 0 ? entity(depth - 1) : 'Subject: x\r\n\r\nbody\r\n'}`;
      case 'binary':
        return `${odd}Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n${empty()}${some()}`;
      case 'odd':
        return `${odd}Content-Type: ${pick(oddTypes)}\r\n${empty()}${some()}`;
      case 'empty':
        return `${odd}Content-Type: multipart/mixed; boundary=""\r\n${empty()}${some()}`;
      default:
        return `${odd}${empty()}${some()}`;
    }
  };
  return `Subject: t\r\n${entity(3)}`;
}
