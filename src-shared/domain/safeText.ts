/**
 * Text of strangers that stands on one line of ours: names, subjects, file names. What could break the line, reorder it or hide in
 * it is taken out (Mailsploit, Trojan Source); what scripts and emoji need (ZWJ, ZWNJ, variation selectors) stays.
 */

// Controls become a blank: a name cut by a line break reads as two words.
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
/** Bidirectional controls, zero-width marks, soft hyphen, fillers, interlinear and tag characters. */
/* eslint-disable no-misleading-character-class -- marks that combine are what is looked for */
const invisible =
  /[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;
const suspicious = /[\u0000-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f-\uffff]/;
/* eslint-enable no-misleading-character-class */

/** One line of at most `max` UTF-16 units: no controls, no direction or invisible characters, no half characters, single blanks. */
export function safeLine(text: string, max = 1000): string {
  // Much more than fits is never looked at: a header may be megabytes long.
  let line = text.length > max * 4 ? text.slice(0, max * 4) : text;
  if (suspicious.test(line)) line = line.replace(controls, ' ').replace(invisible, '').toWellFormed();
  line = line.replace(/[ \u00a0]{2,}/g, ' ').trim();
  return line.length > max
    ? `${line
        .slice(0, max - 1)
        .toWellFormed()
        .replace(/\ufffd$/, '')}…`
    : line;
}
