/** Letters with suppliers, dealers and others, in German. */
import type { Correspondent, ScriptedThread } from '../script.ts';

const glass: Correspondent = { name: 'Glashütte Ehlers', address: 'ehlers@glashuette-ehlers.example' };
const painter: Correspondent = { name: 'Torben Lackner', address: 't.lackner@lackiererei-lackner.example' };
const taxes: Correspondent = { name: 'Dr. Simone Wulf', address: 'wulf@wulf-steuerberatung.example' };
const dealer: Correspondent = {
  name: 'Lichthaus Lübeck, M. Jessen',
  address: 'jessen@lichthaus-luebeck.example',
};
const landlord: Correspondent = { name: 'Hausverwaltung Förde', address: 'verwaltung@hv-foerde.example' };
const fair: Correspondent = { name: 'Messe Service Team', address: 'aussteller@messe-licht.example' };
const photographer: Correspondent = { name: 'Mareike Thode', address: 'mareike@thode-fotografie.example' };
const school: Correspondent = {
  name: 'Berufsschule Kiel, Sekretariat',
  address: 'sekretariat@bs-kiel.example',
};
const insurer: Correspondent = {
  name: 'Nordische Versicherung, H. Brandt',
  address: 'h.brandt@nordische.example',
};
const press: Correspondent = { name: 'Kerstin Möller', address: 'k.moeller@foerde-kurier.example' };

export const germanPartnerThreads: readonly ScriptedThread[] = [
  {
    subject: 'Preisanpassung zum Quartalsbeginn',
    daysAgo: 19,
    language: 'de',
    mails: [
      {
        from: glass,
        to: ['clara'],
        text: `Sehr geehrte Frau Conrad,

die Gaspreise treffen eine Glashütte besonders hart. Wir haben lange gewartet, müssen unsere Preise zum neuen Quartal nun aber um sechs Prozent anheben. Bestellungen, die bis Ende dieses Monats bei uns eingehen, berechnen wir noch zum alten Preis.

Wir hoffen auf Ihr Verständnis und eine weiterhin gute Zusammenarbeit.

Mit freundlichen Grüßen
Hinrich Ehlers`,
      },
      {
        from: 'clara',
        after: 20,
        text: `Guten Tag Herr Ehlers,

danke für die offene Nachricht. Wir bestellen noch in dieser Woche 120 Schirme Sund klein und 60 Sund groß zum alten Preis. Können Sie die in zwei Teilen liefern? Unser Lager ist klein.

Mit freundlichen Grüßen
Clara Conrad`,
      },
      {
        from: glass,
        after: 5,
        text: `Guten Tag Frau Conrad,

zwei Lieferungen sind kein Problem: die erste Hälfte in der kommenden Woche, die zweite vier Wochen später. Die Auftragsbestätigung kommt mit getrennter Post.

H. Ehlers`,
      },
    ],
  },
  {
    subject: 'Farbmuster Salbei und Ocker',
    daysAgo: 12,
    language: 'de',
    mails: [
      {
        from: painter,
        to: ['ben'],
        text: `Moin Ben,

die Muster sind trocken. Salbei ist eine Spur kühler geworden als auf der Karte, Ocker trifft es genau. Soll ich das Salbei noch einmal mit zwei Prozent mehr Gelb anmischen, oder nimmst du es so?

Torben`,
        attachments: [{ kind: 'picture', filename: 'muster-salbei.png', seed: 21 }],
      },
      {
        from: 'ben',
        after: 3,
        text: `Moin Torben,

mit mehr Gelb bitte, sonst passt es nicht zu den alten Schirmen, die schon bei den Händlern stehen. Ocker ist freigegeben.

Ben`,
      },
      {
        from: painter,
        after: 46,
        text: `So, jetzt aber. Kannst du morgen abholen, ich bin ab sieben da.\n\nTorben`,
      },
      { from: 'ben', after: 1, text: `Ich komme um acht und bringe Brötchen mit.` },
    ],
  },
  {
    subject: 'Unterlagen für den Monatsabschluss',
    daysAgo: 8,
    language: 'de',
    mails: [
      {
        from: taxes,
        to: ['clara'],
        flagged: true,
        text: `Sehr geehrte Frau Conrad,

für den Abschluss fehlen uns noch:

1. die Kontoauszüge des Geschäftskontos ab dem 15.,
2. der Bewirtungsbeleg vom 9. mit den Namen der Teilnehmer,
3. die Eingangsrechnung der Spedition Petersen.

Wenn wir alles bis Mittwoch haben, halten wir die Frist ohne Verlängerung.

Mit freundlichen Grüßen
Dr. Simone Wulf`,
      },
      {
        from: 'clara',
        after: 25,
        text: `Guten Tag Frau Dr. Wulf,

1 und 3 habe ich gerade in den Ordner hochgeladen. Den Bewirtungsbeleg muss Herr Becker noch ergänzen, er kommt morgen.

Viele Grüße
Clara Conrad`,
      },
      {
        from: taxes,
        after: 3,
        text: `Vielen Dank, das genügt uns. Die Umsatzsteuer-Voranmeldung geht am Donnerstag hinaus.`,
      },
    ],
  },
  {
    subject: 'Nachbestellung für das Weihnachtsgeschäft',
    daysAgo: 5,
    language: 'de',
    mails: [
      {
        from: dealer,
        to: ['ben'],
        text: `Lieber Herr Becker,

die Fjord läuft bei uns besser als gedacht, vor allem in Salbei. Ich bräuchte bis Anfang November noch einmal 20 Stück Salbei und 10 Stück Weiß. Ist das zu schaffen? Und bleibt es bei den 35 Prozent?

Herzliche Grüße aus Lübeck
Maren Jessen`,
      },
      {
        from: 'ben',
        after: 4,
        text: `Liebe Frau Jessen,

das freut mich sehr. 10 Weiß kann ich sofort schicken, die 20 in Salbei werden drei Wochen dauern, also rechtzeitig. Bei 30 Stück bleibt es natürlich bei 35 Prozent.

Auf die neue Preisliste müssen Sie dabei nicht achten, die Fjord bleibt, wie sie ist.

Viele Grüße
Ben Becker`,
      },
      {
        from: dealer,
        after: 21,
        text: `Wunderbar, dann bitte so. Die Bestellung ist damit verbindlich.\n\nM. Jessen`,
      },
    ],
  },
  {
    subject: 'Ablesung der Zähler und Wartung des Aufzugs',
    daysAgo: 3,
    language: 'de',
    mails: [
      {
        from: landlord,
        to: ['clara'],
        text: `Sehr geehrte Damen und Herren,

am kommenden Dienstag werden zwischen 9 und 12 Uhr die Strom- und Wasserzähler abgelesen. Bitte sorgen Sie für freien Zugang zum Zählerraum im Keller.

Am selben Tag wird der Lastenaufzug gewartet. Er steht von 8 bis etwa 11 Uhr nicht zur Verfügung.

Mit freundlichen Grüßen
Ihre Hausverwaltung Förde`,
      },
    ],
  },
  {
    subject: 'Ihre Ausstellerunterlagen: Fristen',
    daysAgo: 22,
    language: 'de',
    mails: [
      {
        from: fair,
        to: ['ben'],
        text: `Sehr geehrter Herr Becker,

wir freuen uns, Sie als Aussteller zu begrüßen. Bitte beachten Sie diese Fristen:

Standbau und Statik        sechs Wochen vor Beginn
Strom- und Wasseranschluss fünf Wochen vor Beginn
Ausstellerausweise         zwei Wochen vor Beginn

Ihr Stand: Halle 3.1, B 42.

Mit freundlichen Grüßen
Ihr Messe Service Team`,
      },
      {
        from: 'ben',
        after: 30,
        text: `Guten Tag,

wir brauchen einen Stromanschluss mit 3 kW und vier Ausweise. Der Stand ist ein Systemstand, eine Statik gibt es dafür nicht.

Mit freundlichen Grüßen
Ben Becker`,
      },
      {
        from: fair,
        after: 8,
        text: `Vielen Dank, beides ist vermerkt. Die Bestätigung finden Sie im Ausstellerportal.`,
      },
    ],
  },
  {
    subject: 'Termin für die Aufnahmen',
    daysAgo: 18,
    folder: 'Archive',
    language: 'de',
    mails: [
      {
        from: photographer,
        to: ['ben', 'anna'],
        text: `Hallo Anna, hallo Ben,

wie wäre es am Mittwoch ab 10 Uhr? Ich bringe das große Licht mit und bräuchte eine freie Wand von etwa drei Metern.

Liebe Grüße
Mareike`,
      },
      {
        from: 'anna',
        after: 1.5,
        text: `Liebe Mareike,\n\nMittwoch passt gut. Die Ziegelwand im Lager räumen wir dir frei.\n\nBis dann\nAnna`,
      },
    ],
  },
  {
    subject: 'Gesellenprüfung Jonas Harms',
    daysAgo: 10,
    language: 'de',
    mails: [
      {
        from: school,
        to: ['ben'],
        text: `Sehr geehrter Herr Becker,

die praktische Prüfung Ihres Auszubildenden Jonas Harms findet am Donnerstag um 8.30 Uhr statt. Bitte geben Sie ihm das Berichtsheft unterschrieben mit.

Mit freundlichen Grüßen
Sekretariat der Berufsschule Kiel`,
      },
      {
        from: 'ben',
        after: 2,
        text: `Guten Tag,\n\ndas Berichtsheft ist unterschrieben, er bringt es mit.\n\nBen Becker`,
      },
    ],
  },
  {
    subject: 'Schadenmeldung Transport vom 3.',
    daysAgo: 14,
    language: 'de',
    mails: [
      {
        from: 'clara',
        to: [insurer],
        text: `Guten Tag Herr Brandt,

bei der Lieferung an das Hotel Strandperle sind fünf von zwölf Schirmen zerbrochen angekommen. Der Fahrer hat den Schaden auf dem Lieferschein bestätigt. Warenwert 945 €, die Fotos hängen an.

Brauchen Sie noch etwas von uns?

Mit freundlichen Grüßen
Clara Conrad`,
        attachments: [
          { kind: 'picture', filename: 'bruch-1.png', seed: 31 },
          { kind: 'picture', filename: 'bruch-2.png', seed: 32 },
        ],
      },
      {
        from: insurer,
        after: 23,
        text: `Sehr geehrte Frau Conrad,

vielen Dank, die Unterlagen sind vollständig. Wir erstatten den Warenwert abzüglich der Selbstbeteiligung von 150 €, also 795 €. Die Überweisung folgt in den nächsten Tagen.

Mit freundlichen Grüßen
Holger Brandt`,
      },
    ],
  },
  {
    subject: 'Anfrage: Porträt über Ihre Werkstatt',
    daysAgo: 1.8,
    language: 'de',
    mails: [
      {
        from: press,
        to: ['anna'],
        text: `Liebe Frau Albrecht,

für unsere Reihe "Gemacht in Kiel" würde ich gern ein Porträt über Ihre Werkstatt schreiben. Ich bräuchte etwa zwei Stunden, dazu käme ein Fotograf für eine halbe Stunde.

Hätten Sie in der kommenden Woche Zeit?

Herzliche Grüße
Kerstin Möller
Förde-Kurier, Lokalredaktion`,
      },
      {
        from: 'anna',
        after: 5,
        text: `Liebe Frau Möller,

das machen wir gern. Am besten passt Dienstag ab 14 Uhr, dann läuft auch die Drehbank und es gibt etwas zu sehen.

Herzliche Grüße
Anna Albrecht`,
      },
      {
        from: press,
        after: 16,
        text: `Dienstag um 14 Uhr, wunderbar! Der Fotograf kommt um halb vier dazu.

Noch eine Frage vorab: Wie viele Lampen fertigen Sie ungefähr im Jahr?

Kerstin Möller`,
      },
    ],
  },
  {
    subject: 'Lieferverzug Textilkabel senf',
    daysAgo: 2.6,
    language: 'de',
    mails: [
      {
        from: { name: 'Kabelkontor Wuppertal', address: 'vertrieb@kabelkontor.example' },
        to: ['clara'],
        text: `Guten Tag Frau Conrad,

leider verzögert sich Ihre Position "Textilkabel 2 x 0,75 senf, 200 m" um etwa zehn Tage, weil die Spinnerei nicht nachkommt. Als Ersatz könnten wir sofort "honig" liefern, das ist etwas dunkler.

Bitte geben Sie kurz Bescheid.

Freundliche Grüße
Kabelkontor Wuppertal`,
      },
      {
        from: 'clara',
        to: ['ben'],
        after: 3,
        text: `Ben, ginge auch "honig", oder warten wir die zehn Tage?`,
      },
      {
        from: 'ben',
        to: ['clara'],
        after: 2,
        text: `Wir warten. "Honig" sieht neben dem Ocker schmutzig aus.`,
      },
    ],
  },
  {
    subject: 'Bewerbung um einen Ausbildungsplatz',
    daysAgo: 7,
    language: 'de',
    mails: [
      {
        from: { name: 'Lena Friedrichsen', address: 'lena.friedrichsen@schulpost.example' },
        to: ['ben'],
        text: `Sehr geehrter Herr Becker,

auf dem Tag der offenen Werkstatt im letzten Jahr durfte ich bei Ihnen einen Schirm bespannen, und seitdem weiß ich, was ich lernen möchte. Ich mache im Sommer meinen Realschulabschluss und suche einen Ausbildungsplatz als Metallbauerin.

Darf ich Ihnen meine Unterlagen schicken oder für ein paar Tage zur Probe kommen?

Mit freundlichen Grüßen
Lena Friedrichsen`,
      },
      {
        from: 'ben',
        after: 22,
        text: `Liebe Frau Friedrichsen,

das freut uns sehr. Schicken Sie gern Ihre Unterlagen, und kommen Sie in den Herbstferien für drei Tage zu uns: Dann sehen wir beide, ob es passt.

Viele Grüße
Ben Becker`,
      },
      {
        from: { name: 'Lena Friedrichsen', address: 'lena.friedrichsen@schulpost.example' },
        after: 4,
        text: `Vielen, vielen Dank! Ich komme am ersten Montag der Ferien um acht Uhr.\n\nLena Friedrichsen`,
      },
    ],
  },
];
