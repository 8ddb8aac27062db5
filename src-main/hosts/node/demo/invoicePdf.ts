/** A one-page invoice as PDF 1.4, small and readable everywhere: base fonts, no compression. */
import type { InvoiceLine } from './script.ts';

export interface Invoice {
  readonly seller: string;
  readonly buyer: string;
  readonly number: string;
  readonly date: string;
  readonly language: 'de' | 'en';
  readonly lines: readonly InvoiceLine[];
}

const words = {
  de: {
    title: 'Rechnung',
    number: 'Rechnungsnummer',
    date: 'Datum',
    to: 'An',
    net: 'Netto',
    vat: 'zzgl. 19 % MwSt.',
    total: 'Gesamtbetrag',
  },
  en: {
    title: 'Invoice',
    number: 'Invoice number',
    date: 'Date',
    to: 'To',
    net: 'Net',
    vat: 'plus 19 % VAT',
    total: 'Total',
  },
} as const;

export function invoicePdf(invoice: Invoice): Buffer {
  const label = words[invoice.language];
  const net = invoice.lines.reduce((sum, [, quantity, price]) => sum + quantity * price, 0);
  const vat = Math.round(net * 0.19);
  const page: string[] = [];
  const text = (x: number, y: number, size: number, bold: boolean, content: string): void => {
    page.push(
      `BT /${bold ? 'B' : 'R'} ${size.toString()} Tf ${x.toString()} ${y.toString()} Td (${escape(content)}) Tj ET`,
    );
  };
  text(56, 780, 18, true, invoice.seller);
  text(56, 720, 10, false, `${label.to}: ${invoice.buyer}`);
  text(56, 670, 22, true, label.title);
  text(56, 645, 10, false, `${label.number}: ${invoice.number}`);
  text(56, 630, 10, false, `${label.date}: ${invoice.date}`);
  page.push('0.5 w 56 615 m 540 615 l S');
  let y = 595;
  for (const [what, quantity, price] of invoice.lines) {
    text(56, y, 11, false, `${quantity.toString()} x ${what}`);
    text(450, y, 11, false, money(quantity * price, invoice.language));
    y -= 18;
  }
  page.push(`56 ${(y + 6).toString()} m 540 ${(y + 6).toString()} l S`);
  for (const [name, cents, bold] of [
    [label.net, net, false],
    [label.vat, vat, false],
    [label.total, net + vat, true],
  ] as const) {
    y -= 18;
    text(330, y, 11, bold, name);
    text(450, y, 11, bold, money(cents, invoice.language));
  }
  return assemble(page.join('\n'));
}

function money(cents: number, language: 'de' | 'en'): string {
  const plain = (cents / 100).toFixed(2);
  return language === 'de' ? `${plain.replace('.', ',')} €` : `EUR ${plain}`;
}

function escape(text: string): string {
  return text.replace(/[\\()]/g, '\\$&');
}

/** Characters as WinAnsiEncoding has them: Latin-1, and the euro where Windows put it. */
function winAnsi(text: string): Buffer {
  return Buffer.from(text.replaceAll('€', '\x80').replaceAll('–', '\x96'), 'latin1');
}

function assemble(content: string): Buffer {
  const stream = winAnsi(content);
  const font = (name: string): string =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  const objects: Buffer[] = [
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from('<< /Type /Pages /Kids [3 0 R] /Count 1 >>'),
    Buffer.from(
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /R 5 0 R /B 6 0 R >> >> >>',
    ),
    Buffer.concat([
      Buffer.from(`<< /Length ${stream.length.toString()} >>\nstream\n`),
      stream,
      Buffer.from('\nendstream'),
    ]),
    Buffer.from(font('Helvetica')),
    Buffer.from(font('Helvetica-Bold')),
  ];
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n')];
  const offsets: number[] = [];
  let length = parts[0]?.length ?? 0;
  objects.forEach((object, index) => {
    offsets.push(length);
    const whole = Buffer.concat([
      Buffer.from(`${(index + 1).toString()} 0 obj\n`),
      object,
      Buffer.from('\nendobj\n'),
    ]);
    parts.push(whole);
    length += whole.length;
  });
  const table = offsets.map((offset) => `${offset.toString().padStart(10, '0')} 00000 n \n`).join('');
  const size = (objects.length + 1).toString();
  parts.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${length.toString()}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}
