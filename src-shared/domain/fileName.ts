/**
 * Names of attachments before they meet a file system or an eye (M04, M05): one harmless component, whatever the mail says. The rules
 * are those of the strictest system (Windows), so that a name is good everywhere.
 */

const maxBytes = 200;
const fallback = 'attachment';

/** Device names of Windows, with any ending. */
const devices = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?$/i;

const controls = /[\u0000-\u001f\u007f-\u009f]/g;
/** Direction marks, zero-width and other characters that are not seen, and would show another name than the true one. */
const invisible =
  // eslint-disable-next-line no-misleading-character-class -- they are meant one by one
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]/g;
const reserved = /[<>:"/\\|?*]/g;

/** The name to save under. Never empty, never a path, never a device, at most 200 bytes of UTF-8, its true ending kept. */
export function cleanFileName(name: string): string {
  // What looks like a path is cut down to its last part: that is what the sender's program meant.
  const last = name.split(/[/\\]/).findLast((part) => part.trim() !== '' && !/^\.+$/.test(part.trim())) ?? '';
  let clean = last
    .normalize('NFC')
    .replace(controls, '')
    .replace(invisible, '')
    .replace(reserved, '_')
    .replace(/\s+/g, ' ')
    .trim()
    // A leading dot hides a file, a leading ~ is a home folder for a shell; ending dots and blanks are dropped by Windows.
    .replace(/^[.~\s]+/, '')
    .replace(/[.\s]+$/, '');
  if (devices.test(clean)) clean = `_${clean}`;
  if (clean === '') return fallback;
  return shortened(clean);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

function shortened(name: string): string {
  if (byteLength(name) <= maxBytes) return name;
  const ending = extensionOf(name);
  const kept = ending === '' || byteLength(ending) > 40 ? '' : `.${ending}`;
  let stem = '';
  let size = byteLength(kept);
  for (const character of kept === '' ? name : name.slice(0, -kept.length)) {
    size += byteLength(character);
    if (size > maxBytes) break;
    stem += character;
  }
  return `${stem.replace(/[.\s]+$/, '') || fallback}${kept}`;
}

/** The true last ending in lower case, without its dot; '' where there is none. */
export function extensionOf(name: string): string {
  const at = name.lastIndexOf('.');
  return at <= 0 ? '' : name.slice(at + 1).toLowerCase();
}

/** "rechnung (2).pdf" where "rechnung.pdf" is taken, so that nothing is overwritten (M02). `taken` holds names in lower case. */
export function freeFileName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name.toLowerCase())) return name;
  const ending = extensionOf(name);
  const stem = ending === '' ? name : name.slice(0, -ending.length - 1);
  for (let n = 2; ; n += 1) {
    const next = ending === '' ? `${stem} (${n})` : `${stem} (${n}).${ending}`;
    if (!taken.has(next.toLowerCase())) return next;
  }
}

const programs = new Set(
  (
    'ade adp apk app appimage application appref-ms appx bat bin chm cmd com command cpl csh deb desktop dll dmg docm dotm dylib elf exe ' +
    'gadget hta htm html img inf ins iqy iso jar jnlp js jse ksh lnk mad maf mde msc msh msi msix msp mst osx pif pkg pl pptm ps1 ps1xml ' +
    'ps2 psc1 psm1 py pyc pyw rb reg rpm run scf scr scpt search-ms settingcontent-ms sh shb shs slk so svg sys terminal url vb vbe vbs ' +
    'vhd vhdx website wim ws wsc wsf wsh xbap xht xhtml xlam xll xlsm xltm xml xsl zsh'
  ).split(' '),
);
/** Endings that people take for harmless, in front of another one. */
const documents = new Set(
  'pdf doc docx xls xlsx ppt pptx txt rtf odt ods jpg jpeg png gif mp3 mp4 csv zip'.split(' '),
);

export interface FileNameRisk {
  /** Running or opening this kind can harm the computer. */
  readonly dangerous: boolean;
  /** "invoice.pdf.exe": the true ending; null where the name does not pretend. */
  readonly pretends: string | null;
  /** The name held characters that are not seen. */
  readonly hidden: boolean;
}

/** Judges the name as the mail gave it. */
export function fileNameRisk(name: string): FileNameRisk {
  const clean = cleanFileName(name);
  const ending = extensionOf(clean);
  const before = extensionOf(clean.slice(0, clean.length - ending.length - 1));
  const dangerous = programs.has(ending);
  return {
    dangerous,
    pretends: dangerous && documents.has(before) ? ending : null,
    hidden: name.search(invisible) >= 0 || name.search(controls) >= 0,
  };
}

/** The name for the eye: what is not seen is shown as ⟨…⟩ instead of being dropped. */
export function visibleFileName(name: string): string {
  return name.replace(controls, '⟨…⟩').replace(invisible, '⟨…⟩');
}
