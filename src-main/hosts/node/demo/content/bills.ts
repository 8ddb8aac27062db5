/** Bills, tickets and notices from machines: short, with something attached. */
import type { Correspondent, Insider, InvoiceLine, ScriptedThread } from '../script.ts';

interface Bill {
  readonly daysAgo: number;
  readonly from: Correspondent;
  readonly to: readonly Insider[];
  readonly number: string;
  readonly subject: string;
  readonly text: string;
  readonly lines: readonly InvoiceLine[];
  readonly language: 'de' | 'en';
  readonly folder?: 'Archive';
}

const bills: readonly Bill[] = [
  {
    daysAgo: 1.2,
    from: { name: 'Glashütte Ehlers', address: 'rechnung@glashuette-ehlers.example' },
    to: ['clara'],
    number: 'GE-20418',
    subject: 'Rechnung GE-20418, erste Teillieferung',
    text: 'Guten Tag Frau Conrad,\n\nanbei die Rechnung zur ersten Teillieferung. Zahlbar in 14 Tagen mit zwei Prozent Skonto.\n\nGlashütte Ehlers',
    lines: [
      ['Schirm Sund klein, klar', 60, 2140],
      ['Schirm Sund groß, klar', 30, 3490],
      ['Verpackung und Fracht', 1, 8900],
    ],
    language: 'de',
  },
  {
    daysAgo: 6.1,
    from: { name: 'Giulia Ferrari', address: 'g.ferrari@ottoneria-ferrari.example' },
    to: ['clara'],
    number: 'OF-771',
    subject: 'Invoice OF-771 for LW-118/1',
    text: 'Dear Clara,\n\nplease find attached the invoice for the first parcel. Payment as usual, 30 days net.\n\nBest regards\nGiulia',
    lines: [
      ['E27 socket, brushed brass', 150, 415],
      ['Freight Brescia to Kiel', 1, 6400],
    ],
    language: 'en',
  },
  {
    daysAgo: 9.4,
    from: { name: 'Kabelkontor Wuppertal', address: 'rechnung@kabelkontor.example' },
    to: ['clara'],
    number: '2-118834',
    subject: 'Ihre Rechnung 2-118834',
    text: 'Sehr geehrte Damen und Herren,\n\nim Anhang finden Sie die Rechnung zu Ihrer Bestellung vom Vormonat.\n\nKabelkontor Wuppertal',
    lines: [
      ['Textilkabel 2 x 0,75 grau, Meter', 200, 128],
      ['Textilkabel 2 x 0,75 schwarz, Meter', 100, 118],
    ],
    language: 'de',
  },
  {
    daysAgo: 13.3,
    from: { name: 'Stadtwerke Förde', address: 'online-service@stadtwerke-foerde.example' },
    to: ['clara'],
    number: '5500-2291',
    subject: 'Ihre Abschlagsrechnung Strom',
    text: 'Sehr geehrte Kundin, sehr geehrter Kunde,\n\nIhre Abschlagsrechnung liegt im Anhang. Der Betrag wird zum 15. eingezogen.\n\nStadtwerke Förde',
    lines: [['Abschlag Strom, Werkstatt', 1, 61200]],
    language: 'de',
  },
  {
    daysAgo: 5.2,
    from: { name: 'Bahn Buchung', address: 'buchung@bahnreise.example' },
    to: ['ben'],
    number: 'QX7K2M',
    subject: 'Ihr Ticket Kiel Hbf - Frankfurt(Main)Hbf',
    text: 'Guten Tag Ben Becker,\n\nvielen Dank für Ihre Buchung. Hinfahrt Sonntag 8:11 ab Kiel Hbf, Ankunft 13:24. Wagen 23, Platz 61, Fenster.\n\nGute Reise!',
    lines: [
      ['Sparpreis Kiel - Frankfurt, 2. Klasse', 1, 5590],
      ['Sitzplatz', 1, 520],
    ],
    language: 'de',
  },
  {
    daysAgo: 20.4,
    from: { name: 'Pension am Südbahnhof', address: 'info@pension-suedbahnhof.example' },
    to: ['clara'],
    number: '1192',
    subject: 'Ihre Reservierung und Anzahlungsrechnung',
    text: 'Liebe Frau Conrad,\n\nwir haben zwei Einzelzimmer für fünf Nächte für Sie reserviert. Die Anzahlungsrechnung finden Sie im Anhang. Frühstück gibt es ab sechs, damit Sie rechtzeitig auf der Messe sind.\n\nHerzliche Grüße\nFamilie Sauer',
    lines: [['Anzahlung zwei Einzelzimmer, fünf Nächte', 1, 20000]],
    language: 'de',
    folder: 'Archive',
  },
  {
    daysAgo: 25.4,
    from: { name: 'Spedition Petersen', address: 'buchhaltung@spedition-petersen.example' },
    to: ['clara'],
    number: 'SP-9917',
    subject: 'Rechnung SP-9917',
    text: 'Moin,\n\nanbei unsere Rechnung für die Fahrten im letzten Monat.\n\nSpedition Petersen, Buchhaltung',
    lines: [
      ['Stückgut Kiel - Lübeck', 3, 5400],
      ['Stückgut Kiel - Hamburg', 4, 6100],
    ],
    language: 'de',
    folder: 'Archive',
  },
  {
    daysAgo: 3.1,
    from: { name: 'Thode Fotografie', address: 'mareike@thode-fotografie.example' },
    to: ['anna', 'clara'],
    number: '88',
    subject: 'Rechnung für die Aufnahmen',
    text: 'Liebe Anna, liebe Clara,\n\nhier die Rechnung für den Tag bei euch. Es hat wieder großen Spaß gemacht!\n\nMareike',
    lines: [
      ['Aufnahmetag mit Licht', 1, 78000],
      ['Bearbeitung, Bild', 24, 1500],
    ],
    language: 'de',
  },
];

const notices: readonly ScriptedThread[] = [
  {
    subject: 'Ihr Paket kommt heute zwischen 11 und 14 Uhr',
    daysAgo: 0.3,
    language: 'de',
    mails: [
      {
        from: { name: 'Paketdienst', address: 'noreply@paketdienst.example' },
        to: ['clara'],
        text: 'Guten Tag,\n\nIhre Sendung 00340434 wird heute zwischen 11 und 14 Uhr zugestellt. Absender: Bürobedarf Kröger.\n\nSie sind nicht da? Wählen Sie bis 9 Uhr einen Ablageort.',
      },
    ],
  },
  {
    subject: 'Terminbestätigung: Augenarztpraxis am Vinetaplatz',
    daysAgo: 4.6,
    language: 'de',
    mails: [
      {
        from: { name: 'Praxis am Vinetaplatz', address: 'termine@augen-vineta.example' },
        to: ['anna'],
        text: 'Sehr geehrte Frau Albrecht,\n\nwir bestätigen Ihren Termin am kommenden Montag um 16.45 Uhr. Bitte bringen Sie Ihre Versichertenkarte und Ihre Brille mit.\n\nIhr Praxisteam',
      },
    ],
  },
  {
    subject: 'Ihr Rad ist fertig',
    daysAgo: 8.2,
    language: 'de',
    mails: [
      {
        from: { name: 'Fahrradladen Knooper Weg', address: 'werkstatt@rad-knooper.example' },
        to: ['ben'],
        text: 'Moin Ben,\n\nBremsen neu, Kette neu, Licht geht wieder. Macht 84 €. Wir haben bis 19 Uhr auf.\n\nHauke',
      },
      { from: 'ben', after: 1, text: 'Super, ich hole es nach Feierabend.\n\nBen' },
    ],
  },
  {
    subject: 'Elternabend der Klasse 4b',
    daysAgo: 6.3,
    language: 'de',
    mails: [
      {
        from: { name: 'Grundschule am Schrevenpark', address: 'sekretariat@gs-schrevenpark.example' },
        to: ['clara'],
        text: 'Liebe Eltern der 4b,\n\nder Elternabend findet am Mittwoch um 19.30 Uhr im Musikraum statt. Themen: Klassenfahrt, Empfehlungen für die weiterführenden Schulen, Verschiedenes.\n\nMit freundlichen Grüßen\nS. Carstens',
      },
    ],
  },
  {
    subject: 'Chorprobe fällt aus',
    daysAgo: 2.8,
    language: 'de',
    mails: [
      {
        from: { name: 'Förde-Chor', address: 'vorstand@foerde-chor.example' },
        to: ['anna'],
        text: 'Liebe Sängerinnen und Sänger,\n\ndie Probe am Dienstag fällt aus, unser Chorleiter ist krank. Bitte übt bis nächste Woche den zweiten Satz, besonders die Stelle im Alt ab Takt 48.\n\nHerzliche Grüße\nder Vorstand',
      },
    ],
  },
  {
    subject: 'Einladung: Runder Tisch der Kieler Manufakturen',
    daysAgo: 10.4,
    language: 'de',
    mails: [
      {
        from: { name: 'Wirtschaftsförderung Kiel', address: 'einladung@wifoe-kiel.example' },
        to: ['anna', 'ben'],
        text: 'Sehr geehrte Damen und Herren,\n\nwir laden Sie herzlich zum nächsten Runden Tisch ein. Thema ist der gemeinsame Auftritt auf dem Weihnachtsmarkt. Die Einladung hängt als Kalendereintrag an.\n\nIhre Wirtschaftsförderung',
        attachments: [
          {
            kind: 'text',
            filename: 'einladung.ics',
            contentType: 'text/calendar',
            text: 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Wirtschaftsfoerderung Kiel//Einladung//DE\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:runder-tisch-7@wifoe-kiel.example\r\nDTSTAMP:20260101T090000Z\r\nDTSTART:20261203T170000Z\r\nDTEND:20261203T190000Z\r\nSUMMARY:Runder Tisch der Kieler Manufakturen\r\nLOCATION:Altes Rathaus\\, Kiel\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
          },
        ],
      },
    ],
  },
];

export const billThreads: readonly ScriptedThread[] = [
  ...bills.map((bill): ScriptedThread => ({
    subject: bill.subject,
    daysAgo: bill.daysAgo,
    language: bill.language,
    ...(bill.folder ? { folder: bill.folder } : {}),
    mails: [
      {
        from: bill.from,
        to: bill.to,
        text: bill.text,
        attachments: [
          {
            kind: 'invoice',
            number: bill.number,
            filename: `${bill.language === 'de' ? 'Rechnung' : 'Invoice'}-${bill.number}.pdf`,
            lines: bill.lines,
          },
        ],
      },
    ],
  })),
  ...notices,
];
