/** What the three write to each other. */
import type { ScriptedThread } from '../script.ts';

export const teamThreads: readonly ScriptedThread[] = [
  {
    subject: 'Messestand Frankfurt: wer fährt mit?',
    daysAgo: 24,
    language: 'de',
    mails: [
      {
        from: 'ben',
        to: ['anna', 'clara'],
        text: `Hallo ihr beiden,

die Zusage für die Messe ist da: Halle 3.1, Stand B 42, zwölf Quadratmeter. Der Aufbau ist am Sonntag, geöffnet ist von Dienstag bis Freitag.

Ich fahre auf jeden Fall. Wer von euch kann mindestens zwei Tage mitkommen? Einer muss ja im Laden bleiben.

Viele Grüße
Ben`,
      },
      {
        from: 'clara',
        after: 2.5,
        text: `Am Mittwoch und Donnerstag könnte ich. Freitag ist Monatsabschluss, da muss ich am Schreibtisch sitzen.

Das Hotel vom letzten Jahr hat übrigens den Preis verdoppelt. Ich frage mal bei der Pension am Südbahnhof an.

Clara`,
      },
      {
        from: 'anna',
        after: 3,
        text: `Dann halte ich hier die Stellung. Bitte denkt an die Muster der Fjord in Salbei, nach denen fragen gerade alle.

LG Anna`,
      },
      {
        from: 'ben',
        after: 19,
        text: `Perfekt. Die drei Salbei-Muster stehen schon verpackt in der Werkstatt, unterstes Regal.

Anna, kannst du in der Zeit das Postfach info@ allein abdecken? Ich schaue abends vom Hotel aus hinein.`,
      },
      { from: 'anna', after: 1, text: `Klar, mache ich.` },
    ],
  },
  {
    subject: 'Neue Preisliste ab nächstem Monat',
    daysAgo: 17,
    language: 'de',
    mails: [
      {
        from: 'clara',
        to: ['anna', 'ben'],
        flagged: true,
        text: `Liebe Anna, lieber Ben,

unser Glasbläser hebt die Preise um sechs Prozent an. Bei der Sund und der Kattegat fangen wir das nicht mehr auf. Mein Vorschlag:

  Sund klein    129 € statt 119 €
  Sund groß     189 € statt 175 €
  Kattegat      249 € statt 235 €
  alles andere  bleibt

Laufende Angebote gelten noch vier Wochen zum alten Preis. Einwände bitte bis Donnerstag.

Clara`,
        attachments: [
          {
            kind: 'text',
            filename: 'Preisliste Entwurf.csv',
            contentType: 'text/csv',
            text: 'Artikel;alt;neu\r\nSund klein;119,00;129,00\r\nSund groß;175,00;189,00\r\nKattegat;235,00;249,00\r\nFjord;98,00;98,00\r\nSkagen;164,00;164,00\r\nMole 3;312,00;312,00\r\n',
          },
        ],
      },
      {
        from: 'ben',
        after: 4,
        text: `Bei der Sund groß würde ich auf 185 € gehen, unter 190 macht das für den Händler in Lübeck keinen Unterschied, für den Onlineshop aber schon.

Sonst einverstanden.`,
      },
      {
        from: 'clara',
        after: 1.5,
        text: `185 € geht gerade noch auf. Ich ändere es und stelle die neuen Preise am Ersten um.`,
      },
      {
        from: 'anna',
        after: 22,
        text: `Einverstanden. Ich passe die Textbausteine für die Angebote an, damit keine alten Preise mehr hinausgehen.`,
      },
    ],
  },
  {
    subject: 'Urlaub im Sommer',
    daysAgo: 30,
    folder: 'Archive',
    language: 'de',
    mails: [
      {
        from: 'anna',
        to: ['ben', 'clara'],
        text: `Hallo zusammen,

damit wir uns nicht ins Gehege kommen: Ich würde gern die ersten beiden Augustwochen nehmen. Passt das?

Anna`,
      },
      {
        from: 'clara',
        after: 3,
        text: `Passt. Ich nehme dann die letzten beiden Juliwochen, die Kinder haben da Ferien.`,
      },
      {
        from: 'ben',
        after: 26,
        text: `Bei mir wird es September. Die Werkstatt machen wir in der ersten Augustwoche wie immer zu, dann ist ohnehin Ruhe.`,
      },
    ],
  },
  {
    subject: 'Wackelkontakt bei der Charge vom 12.',
    daysAgo: 9,
    language: 'de',
    mails: [
      {
        from: 'anna',
        to: ['ben'],
        flagged: true,
        text: `Ben,

heute ist die vierte Meldung in einer Woche gekommen: Die Skagen flackert, sobald man am Kabel wackelt. Alle vier haben Seriennummern, die mit 12 enden.

Kannst du dir eine aus dem Lager vornehmen? Ich halte die Kunden so lange hin.

Anna`,
      },
      {
        from: 'ben',
        after: 2,
        text: `Habe drei aufgeschraubt, bei zweien ist die Zugentlastung nicht richtig eingerastet. Das liegt eindeutig an uns und nicht am Kabel.

Ich prüfe heute Nachmittag den ganzen Rest der Charge, das sind 41 Stück. Wer eine defekte hat, bekommt sofort eine neue, die alte kann er behalten, wenn er sie nicht mehr benutzt. Das Porto lohnt nicht.

Ben`,
        attachments: [{ kind: 'picture', filename: 'zugentlastung.png', seed: 12 }],
      },
      {
        from: 'anna',
        after: 1,
        cc: ['clara'],
        text: `Danke, so schreibe ich es den Leuten. Clara zur Kenntnis, weil vier Ersatzlieferungen ohne Rechnung hinausgehen.`,
      },
      { from: 'clara', after: 4, text: `Notiert. Ich buche sie als Gewährleistung.` },
      {
        from: 'ben',
        after: 20,
        text: `Fertig: 7 von 41 waren betroffen, alle nachgebessert. Seit gestern prüft Jonas die Zugentlastung vor dem Verpacken.`,
      },
    ],
  },
  {
    subject: 'Textbaustein Lieferzeit',
    daysAgo: 6,
    language: 'de',
    mails: [
      {
        from: 'anna',
        to: ['ben', 'clara'],
        text: `Die Frage nach der Lieferzeit kommt im Moment täglich. Ist das so richtig?

"Lagerware verschicken wir innerhalb von zwei Werktagen. Lampen mit farbigem Schirm fertigen wir auf Bestellung, das dauert etwa drei Wochen."

Anna`,
      },
      {
        from: 'ben',
        after: 1.2,
        text: `Schreib lieber "drei bis vier Wochen", der Lackierer hat gerade viel zu tun.`,
      },
      { from: 'anna', after: 0.3, text: `Erledigt, danke.` },
    ],
  },
  {
    subject: 'Schlüssel für die Werkstatt',
    daysAgo: 13,
    language: 'de',
    mails: [
      {
        from: 'clara',
        to: ['ben'],
        text: `Hallo Ben,

der Schlüsseldienst war da, die neuen Schlüssel liegen in der Kasse. Einer ist für Jonas, bitte lass ihn den Empfang unterschreiben.

Clara`,
      },
      { from: 'ben', after: 5, text: `Hat er, der Zettel liegt in deinem Fach.` },
    ],
  },
  {
    subject: 'Kundin mit dem Leuchtturm aus Blankenese',
    daysAgo: 4,
    language: 'de',
    mails: [
      {
        from: 'anna',
        to: ['ben'],
        text: `Frau Petersen aus Blankenese hat angerufen. Sie möchte den Leuchtturm 12 in einer Sonderhöhe von zwei Metern für ihr Treppenhaus. Geld scheint keine große Rolle zu spielen, aber sie braucht ihn bis Ende des Monats.

Sagen wir zu?`,
      },
      {
        from: 'ben',
        after: 3,
        text: `Zwei Meter gehen nur mit einer Strebe, sonst schwingt er. Mit Strebe: ja, bis zum 28. schaffe ich das. Rechne bitte mit 1.150 € netto.

Ich schicke dir heute noch eine Skizze, die du ihr weiterleiten kannst.`,
      },
      {
        from: 'ben',
        to: ['anna'],
        after: 4,
        text: `Hier die Skizze. Die Strebe sitzt auf der Wandseite, man sieht sie von unten nicht.`,
        attachments: [{ kind: 'picture', filename: 'leuchtturm-skizze.png', seed: 3 }],
      },
      { from: 'anna', after: 14, text: `Sie ist begeistert und hat schon bestellt. Danke dir!` },
    ],
  },
  {
    subject: 'Inventur: Zahlen aus der Werkstatt',
    daysAgo: 20,
    language: 'de',
    mails: [
      {
        from: 'clara',
        to: ['ben'],
        cc: ['anna'],
        text: `Lieber Ben,

für die Zwischeninventur fehlen mir noch die Fassungen E27 und die Textilkabel. Kannst du bis Freitag zählen? Schätzen reicht dem Steuerberater leider nicht.

Clara`,
      },
      {
        from: 'ben',
        after: 28,
        text: `Gezählt:

Fassungen E27 schwarz   212
Fassungen E27 Messing    64
Textilkabel grau        380 m
Textilkabel senf         45 m (nachbestellen!)

Die Liste hängt auch an der Tür.`,
      },
      { from: 'clara', after: 2, text: `Wunderbar. Senf habe ich gleich bestellt, kommt nächste Woche.` },
    ],
  },
  {
    subject: 'Fotos für die neue Website',
    daysAgo: 11,
    language: 'de',
    mails: [
      {
        from: 'ben',
        to: ['anna'],
        text: `Die Fotografin hat die ersten Bilder geschickt. Die Sund vor der Ziegelwand gefällt mir am besten, was meinst du?

Die großen Dateien liegen auf dem Netzlaufwerk unter Bilder/Herbst.`,
        attachments: [
          { kind: 'picture', filename: 'sund-ziegelwand.png', seed: 7 },
          { kind: 'picture', filename: 'sund-fenster.png', seed: 8 },
        ],
      },
      {
        from: 'anna',
        after: 2,
        text: `Die mit der Ziegelwand auf jeden Fall. Bei der anderen spiegelt sich das Fenster im Glas, das bekommt man auch mit Bearbeitung nicht weg.`,
      },
      { from: 'ben', after: 0.5, text: `Gut, dann nehmen wir die.` },
    ],
  },
  {
    subject: 'Mittagessen am Donnerstag',
    daysAgo: 2.2,
    language: 'de',
    mails: [
      {
        from: 'clara',
        to: ['anna', 'ben'],
        text: `Jonas hat am Donnerstag seine Gesellenprüfung bestanden, wenn alles gut geht. Gehen wir mittags zusammen zum Italiener am Schrevenpark? Ich würde einen Tisch für fünf reservieren.`,
      },
      {
        from: 'ben',
        after: 1,
        text: `Sehr gern! Und die Rechnung geht auf die Firma, das hat er sich verdient.`,
      },
      { from: 'anna', after: 2, text: `Ich bin dabei. Ich besorge eine Karte, auf der alle unterschreiben.` },
    ],
  },
  {
    subject: 'Rückfrage zur Rechnung 2043',
    daysAgo: 1.4,
    language: 'de',
    mails: [
      {
        from: 'clara',
        to: ['anna'],
        text: `Anna, das Café Hafenblick hat die Rechnung 2043 um 48 € gekürzt, mit dem Hinweis "wie telefonisch besprochen". Weißt du davon?`,
      },
      {
        from: 'anna',
        after: 1.1,
        text: `Ja, entschuldige: Ein Schirm hatte einen Kratzer, sie wollten ihn behalten und ich habe einen Nachlass zugesagt. Ich hätte es dir sagen müssen.`,
      },
      { from: 'clara', after: 0.4, text: `Alles gut, dann schreibe ich eine Gutschrift.` },
    ],
  },
  {
    subject: 'Wer übernimmt Hamburg?',
    daysAgo: 0.9,
    language: 'de',
    mails: [
      {
        from: 'anna',
        to: ['ben', 'clara'],
        flagged: true,
        text: `In info@ liegt seit gestern die Anfrage des Architekturbüros aus Hamburg: 64 Pendelleuchten für ein Hotel, Lieferung im Frühjahr. Das ist eine Nummer größer als sonst.

Ich habe nur kurz bestätigt, dass wir uns melden. Wer übernimmt?`,
      },
      {
        from: 'ben',
        after: 1.5,
        text: `Ich rufe dort heute Nachmittag an. Clara, kannst du mir bis dahin sagen, was wir bei 64 Stück an Glas günstiger bekommen?`,
      },
      {
        from: 'clara',
        after: 2,
        text: `Ab 50 Stück sind es acht Prozent, ab 100 zwölf. Mehr ist bei mundgeblasen nicht drin.`,
      },
    ],
  },
  {
    subject: 'Heizung im Büro',
    daysAgo: 0.25,
    language: 'de',
    mails: [
      {
        from: 'clara',
        to: ['anna', 'ben'],
        text: `Guten Morgen,

der Heizungsbauer kommt heute zwischen 13 und 15 Uhr. Bitte räumt die Fensterbank im Besprechungsraum frei, er muss an die Ventile.

Clara`,
      },
    ],
  },
  {
    subject: 'Datensicherung',
    daysAgo: 27,
    folder: 'Archive',
    language: 'de',
    mails: [
      {
        from: 'ben',
        to: ['clara'],
        text: `Die Sicherungsplatte im Büro blinkt orange. Ist das schlimm?`,
      },
      {
        from: 'clara',
        after: 3,
        text: `Sie war voll. Ich habe die ältesten Stände gelöscht, jetzt läuft sie wieder. Eine größere Platte steht auf der Einkaufsliste.`,
      },
    ],
  },
  {
    subject: 'Tag der offenen Werkstatt',
    daysAgo: 15,
    language: 'de',
    mails: [
      {
        from: 'anna',
        to: ['ben', 'clara'],
        text: `Hallo ihr zwei,

letztes Jahr waren es fast 200 Besucher, und die Kaffeemaschine hat um drei Uhr aufgegeben. Ich schlage vor, dass wir dieses Jahr einen Kaffeewagen mieten (180 € für den Tag) und dafür keinen Kuchen mehr selbst backen.

Programm wie gehabt: Führung um 11 und um 15 Uhr, dazwischen darf jeder einen Schirm bespannen.

Was meint ihr?`,
      },
      {
        from: 'clara',
        after: 2,
        text: `Für den Kaffeewagen, gegen den Verzicht auf Kuchen. Ich backe gern.`,
      },
      {
        from: 'ben',
        after: 5,
        text: `Die Führungen übernehme ich. Beim Bespannen brauchen wir aber zwei Leute, letztes Mal war eine Schlange bis zum Tor.`,
      },
      {
        from: 'anna',
        after: 18,
        text: `Dann frage ich Jonas und seine Schwester. Ich mache den Aushang fertig.`,
      },
    ],
  },
];
