/** An invite code that nobody guesses, and that is easy to read aloud: no letter in it can be taken for another. */
const letters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
/** 100 bits in five groups. */
export const inviteCodeBytes = 20;

/** `random`: `inviteCodeBytes` random bytes. */
export function inviteCode(random: Uint8Array): string {
  const chosen = [...random].map((byte) => letters[byte & 31] ?? '').join('');
  return (chosen.match(/.{4}/g) ?? []).join('-');
}
