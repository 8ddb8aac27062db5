/** Mails that the online shop writes into the shared mailbox by itself. */
import type { Correspondent } from '../script.ts';

export const shop: Correspondent = { name: 'Leuchtwerk Onlineshop', address: 'shop@shop.leuchtwerk.example' };

export interface ShopOrder {
  readonly number: string;
  readonly customer: string;
  readonly address: string;
  readonly city: string;
  readonly lines: readonly {
    readonly name: string;
    readonly quantity: number;
    readonly priceInCents: number;
  }[];
  readonly payment: string;
  readonly remark: string;
}

export const payments = ['Rechnung', 'Kreditkarte', 'Lastschrift', 'Vorkasse'] as const;

/** Most customers write none. */
export const remarks = [
  'Bitte bei den Nachbarn (Familie Harms) abgeben.',
  'Bitte ohne Rechnung im Paket, es ist ein Geschenk.',
  'Klingel ist defekt, bitte anrufen.',
  'Please fit a UK plug.',
  'Wenn möglich erst nach dem 15. liefern, wir sind im Urlaub.',
] as const;

export function euro(cents: number): string {
  return `${(cents / 100).toFixed(2).replace('.', ',')} €`;
}

export function orderText(order: ShopOrder): string {
  const total = order.lines.reduce((sum, line) => sum + line.quantity * line.priceInCents, 0);
  const lines = order.lines.map(
    (line) =>
      `  ${line.quantity.toString()} x ${line.name.padEnd(24)} ${euro(line.quantity * line.priceInCents).padStart(12)}`,
  );
  return [
    `Neue Bestellung ${order.number}`,
    '',
    ...lines,
    `  ${'Summe'.padEnd(28)} ${euro(total).padStart(12)}`,
    '',
    `Kunde:        ${order.customer}, ${order.city}`,
    `E-Mail:       ${order.address}`,
    `Zahlungsart:  ${order.payment}`,
    ...(order.remark === '' ? [] : [`Bemerkung:    ${order.remark}`]),
    '',
    'Diese Nachricht wurde vom Shop erzeugt. Antworten gehen an den Kunden.',
  ].join('\n');
}
