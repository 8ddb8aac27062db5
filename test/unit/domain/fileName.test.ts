import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cleanFileName,
  extensionOf,
  fileNameRisk,
  freeFileName,
  visibleFileName,
} from '#shared/domain/fileName.ts';

describe('M04: an attachment is saved under one harmless component', () => {
  test.each([
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\windows\\system32\\evil.dll', 'evil.dll'],
    ['/etc/shadow', 'shadow'],
    ['C:\\Users\\anna\\x.pdf', 'x.pdf'],
    ['~/.bashrc', 'bashrc'],
    ['.htaccess', 'htaccess'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['COM1.pdf', '_COM1.pdf'],
    ['report. . .', 'report'],
    ['a\u0000b\r\nc.txt', 'abc.txt'],
    ['', 'attachment'],
    ['...', 'attachment'],
    ['a<b>c:d"e|f?g*h.txt', 'a_b_c_d_e_f_g_h.txt'],
    ['Müller & Söhne.pdf', 'Müller & Söhne.pdf'],
  ])('%j becomes %j', (name, expected) => {
    expect(cleanFileName(name)).toBe(expected);
  });

  test('a name of 400 letters keeps its ending and fits every file system', () => {
    const clean = cleanFileName(`${'ä'.repeat(400)}.pdf`);
    expect(clean.endsWith('.pdf')).toBe(true);
    expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(200);
  });

  test('whatever a mail says, the result is one component that cleaning leaves as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (name) => {
        const clean = cleanFileName(name);
        expect(clean).not.toBe('');
        expect(clean).not.toMatch(/[/\\\u0000-\u001f<>:"|?*]/);
        expect(clean).not.toMatch(/^\.|[. ]$/);
        expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(200);
        expect(cleanFileName(clean)).toBe(clean);
      }),
    );
  });
});

describe('M05: a name that lies is shown as what it is', () => {
  test('a direction mark is made visible and its ending is the true one', () => {
    const name = 'rechnung\u202efdp.exe';
    expect(visibleFileName(name)).toBe('rechnung⟨…⟩fdp.exe');
    expect(fileNameRisk(name)).toEqual({ dangerous: true, pretends: null, hidden: true });
  });
  test('a double ending pretends', () => {
    expect(fileNameRisk('invoice.pdf.exe')).toEqual({ dangerous: true, pretends: 'exe', hidden: false });
    expect(fileNameRisk('invoice.tar.gz')).toEqual({ dangerous: false, pretends: null, hidden: false });
  });
  test('the ending is the last one', () => {
    expect(extensionOf('a.PDF')).toBe('pdf');
    expect(extensionOf('.profile')).toBe('');
  });
});

test('M02: saving several of one name overwrites none', () => {
  const taken = new Set<string>();
  const names = ['a.pdf', 'A.pdf', 'a.pdf', 'b'].map((name) => {
    const free = freeFileName(name, taken);
    taken.add(free.toLowerCase());
    return free;
  });
  expect(names).toEqual(['a.pdf', 'A (2).pdf', 'a (3).pdf', 'b']);
});
