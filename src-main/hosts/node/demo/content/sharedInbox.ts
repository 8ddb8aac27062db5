/** Mails to the shared mailbox that are written out: the ones that a visitor of the demo opens first. */
import type { Correspondent, ScriptedThread } from '../script.ts';

const architects: Correspondent = { name: 'Nele Osterkamp', address: 'osterkamp@ok-architekten.example' };
const school: Correspondent = { name: 'Peter Gerdes', address: 'gerdes@gs-heikendorf.example' };
const blogger: Correspondent = { name: 'Yasmin Arslan', address: 'hallo@wohnlicht.example' };
const museum: Correspondent = { name: 'Dr. Friederike Lange', address: 'lange@museum-foerde.example' };
const neighbour: Correspondent = { name: 'Tischlerei Voss', address: 'moin@tischlerei-voss.example' };
const claire: Correspondent = { name: 'Claire Robertson', address: 'claire@robertson-hotels.example' };
const angry: Correspondent = { name: 'Manfred Krüger', address: 'manfred.krueger@postfach.example' };

export const sharedThreads: readonly ScriptedThread[] = [
  {
    subject: 'Hotelprojekt Hamburg: 64 Pendelleuchten',
    daysAgo: 1.6,
    language: 'de',
    mails: [
      {
        from: architects,
        to: ['info'],
        flagged: true,
        text: `Sehr geehrte Damen und Herren,

für ein Hotel mit 58 Zimmern in der Hamburger Speicherstadt suchen wir Pendelleuchten aus mundgeblasenem Glas. Ihre Kattegat kommt unserem Entwurf sehr nahe. Wir denken an 64 Stück in Rauchgrau mit messingfarbenem Baldachin, Lieferung in zwei Teilen im März und April.

Bitte nennen Sie uns:
- den Preis bei dieser Menge,
- die Lieferzeit,
- ob Sie ein Muster zur Verfügung stellen können.

Die Ausschreibung endet am 30. Mit freundlichen Grüßen

Nele Osterkamp
Osterkamp + Kühn Architekten, Hamburg`,
      },
      {
        from: 'info',
        by: 'anna',
        after: 4,
        text: `Sehr geehrte Frau Osterkamp,

vielen Dank für Ihre Anfrage, über die wir uns sehr freuen. Ein Muster schicken wir Ihnen gern. Ein Kollege meldet sich heute oder morgen telefonisch bei Ihnen.

Mit freundlichen Grüßen
Anna Albrecht
Leuchtwerk Kiel`,
      },
      {
        from: architects,
        after: 17,
        unread: true,
        team: {
          handler: 'ben',
          givenBy: 'anna',
          notes: [
            {
              by: 'anna',
              text: 'Ben, rufst du sie zwischen 14 und 16 Uhr an? 64 Kattegat in Rauchgrau, dazu ein Muster vorab. Den Grundriss hat sie angehängt.',
              to: ['ben'],
            },
            {
              by: 'clara',
              text: 'Messing für die Baldachine hat acht Wochen Lieferzeit, das müsst ihr im Preis und im Termin bedenken.',
            },
          ],
        },
        text: `Guten Tag Frau Albrecht,

wunderbar. Am besten erreichen Sie mich heute zwischen 14 und 16 Uhr. Den Grundriss der Zimmer hänge ich an.

Nele Osterkamp`,
        attachments: [{ kind: 'picture', filename: 'grundriss-zimmer.png', seed: 61 }],
      },
    ],
  },
  {
    subject: 'Letzte Aufforderung, Bestellung 10311',
    daysAgo: 0.5,
    language: 'de',
    mails: [
      {
        from: angry,
        to: ['info'],
        flagged: true,
        unread: true,
        team: {
          handler: 'anna',
          notes: [
            {
              by: 'anna',
              text: 'Die Spedition meldet sich bis 11 Uhr mit einem festen Termin. Bitte niemand anders antworten, sonst bekommt er wieder zwei Aussagen.',
            },
            { by: 'clara', text: 'Abgebucht ist noch nichts. Von mir aus 10 % Nachlass.', to: ['anna'] },
          ],
        },
        text: `Seit dem 2. warte ich auf meine Mole 3. Zweimal wurde mir ein Termin genannt, zweimal kam niemand. Ich habe mir dafür freigenommen!

Wenn ich bis morgen Mittag nichts Verbindliches höre, trete ich vom Kauf zurück und schreibe auf, was ich erlebt habe.

Manfred Krüger`,
      },
    ],
  },
  {
    subject: 'Schulprojekt: Lampen bauen in Klasse 6',
    daysAgo: 5.4,
    language: 'de',
    mails: [
      {
        from: school,
        to: ['info'],
        text: `Moin nach Kiel,

meine sechste Klasse möchte in der Projektwoche einfache Tischlampen bauen. Hätten Sie vielleicht Reste von Textilkabel und ein paar Schirmgestelle, die Sie nicht mehr brauchen? Wir holen alles gern ab und laden Sie zur Ausstellung ein.

Peter Gerdes, Gemeinschaftsschule Heikendorf`,
      },
      {
        from: 'info',
        by: 'ben',
        after: 6,
        text: `Moin Herr Gerdes,

sehr gern! Ich habe zwei Kisten beiseitegestellt, dazu 26 geprüfte Kabel mit Schalter. Am Freitag ab 14 Uhr ist jemand an der Rampe.

Bitte lassen Sie nur fertig verdrahtete Kabel verwenden, dann ist es auch für Kinder sicher.

Ben Becker
Leuchtwerk Kiel`,
      },
      {
        from: school,
        after: 3,
        team: { handler: 'ben', status: 'done' },
        text: `Sie sind großartig, danke! Ich komme Freitag um halb drei.\n\nPeter Gerdes`,
      },
    ],
  },
  {
    subject: 'Kooperation mit "Wohnlicht"',
    daysAgo: 2.7,
    language: 'de',
    mails: [
      {
        from: blogger,
        to: ['info'],
        unread: true,
        team: {
          handler: 'anna',
          waitingDays: 4,
          notes: [
            {
              by: 'anna',
              text: 'Gefällt mir. Ich warte auf die neuen Fotos der Sund, dann schicken wir beides zusammen.',
            },
          ],
        },
        text: `Hallo liebes Team,

ich schreibe auf "Wohnlicht" über kleine Manufakturen (48.000 Leserinnen im Monat). Für eine Geschichte über mundgeblasenes Glas würde ich eure Sund gern ausprobieren und behalten dürfen, wenn sie mir gefällt. Dafür gibt es einen ehrlichen Artikel, keine Werbung.

Habt ihr Lust?

Yasmin`,
      },
    ],
  },
  {
    subject: 'Leihgabe für die Ausstellung "Küstenlicht"',
    daysAgo: 12.6,
    language: 'de',
    mails: [
      {
        from: museum,
        to: ['info'],
        text: `Sehr geehrte Damen und Herren,

im Frühjahr zeigen wir eine Ausstellung über Leuchttürme und Licht an der Küste. Dürften wir Ihren "Leuchtturm 12" für vier Monate als Leihgabe zeigen? Versicherung und Transport übernehmen wir.

Mit freundlichen Grüßen
Dr. Friederike Lange
Museum an der Förde`,
      },
      {
        from: 'info',
        by: 'clara',
        after: 25,
        text: `Sehr geehrte Frau Dr. Lange,

das ist eine Ehre. Sie bekommen das Exemplar Nummer 1, das sonst in unserem Eingang steht. Wann dürfen wir es bringen?

Clara Conrad
Leuchtwerk Kiel`,
      },
      {
        from: museum,
        after: 20,
        team: {
          handler: 'clara',
          waitingDays: 2,
          notes: [{ by: 'clara', text: 'Wartet auf den Leihvertrag. Versicherungswert: 4.200 €.' }],
        },
        text: `Nummer 1, wie schön! Der Aufbau beginnt am 2. März, eine Woche vorher wäre ideal. Den Leihvertrag schicke ich Ihnen zu.

Friederike Lange`,
      },
    ],
  },
  {
    subject: 'Euer Lieferwagen steht vor unserem Tor',
    daysAgo: 0.12,
    language: 'de',
    mails: [
      {
        from: neighbour,
        to: ['info'],
        unread: true,
        team: { handler: null },
        text: `Moin,

ein weißer Transporter mit eurem Lieferschein in der Scheibe steht seit zehn Minuten vor unserem Tor. Wir müssten mit dem Anhänger hinaus. Könnt ihr kurz schauen?

Tischlerei Voss`,
      },
    ],
  },
  {
    subject: 'Reading lamps for our Edinburgh house',
    daysAgo: 3.2,
    language: 'en',
    mails: [
      {
        from: claire,
        to: ['info'],
        text: `Hello,

we are refurbishing 22 rooms and would like a Skagen in brass on every desk. Could you quote for 22, with UK plugs, delivered to Edinburgh in February? We would also like to keep two in reserve.

A question about the switch: can it be on the lamp instead of the cable? Guests never find the one on the cable.

Claire Robertson
Robertson Hotels`,
      },
      {
        from: 'info',
        by: 'ben',
        after: 18,
        text: `Dear Ms Robertson,

thank you, what a lovely project. 24 lamps in brass with UK plugs come to 149 EUR each plus shipping of 240 EUR. A switch on the foot is possible and adds 9 EUR a lamp.

February is fine if we can start by mid-December. Shall I send one lamp with the new switch for you to try?

Kind regards
Ben Becker
Leuchtwerk Kiel`,
      },
      {
        from: claire,
        after: 22,
        unread: true,
        team: {
          handler: 'ben',
          notes: [
            {
              by: 'clara',
              text: 'The invoice can go to London, I need their VAT number though. Full price for the sample?',
              to: ['ben'],
            },
            { by: 'ben', text: 'Full price, and we credit it with the order. I ask her for the number.' },
          ],
        },
        text: `Dear Mr Becker,

yes please, one to try would be perfect. If the manager likes it, you will have the order next week.

Could the invoice for the sample go to our London office?

Claire Robertson`,
      },
    ],
  },
];
