import type { Colleague } from '../script.ts';

/**
 * What German customers write to the shared mailbox, and what they get for an answer. `{a|b}` is one of these words, `$product`,
 * `$order`, `$city`, `$last`, `$salutation`, `$name` are the customer's.
 */
export interface Case {
  readonly subject: string;
  readonly text: string;
  /** Who answered, and what; missing: not answered yet. Of the same case some are always left open. */
  readonly answer?: { readonly by: Colleague; readonly text: string };
  /** What the customer says to that. */
  readonly thanks?: string;
  /** A photo of the damage. */
  readonly picture?: boolean;
}

export const germanCases: readonly Case[] = [
  {
    subject: '{Frage zur Lieferzeit|Lieferzeit $product|Wann ist die $product lieferbar?}',
    text: `{Guten Tag|Sehr geehrte Damen und Herren|Hallo zusammen},

ich interessiere mich für die $product. {Auf der Website steht "auf Bestellung".|Im Shop steht keine Lieferzeit dabei.} {Wie lange müsste ich ungefähr warten?|Ist sie bis Ende des Monats zu schaffen? Sie soll ein Geburtstagsgeschenk werden.}

{Viele Grüße aus|Freundliche Grüße,} $city
$name`,
    answer: {
      by: 'anna',
      text: `Guten Tag $salutation $last,

vielen Dank für Ihr Interesse. Lagerware verschicken wir innerhalb von zwei Werktagen, farbige Schirme fertigen wir auf Bestellung; das dauert im Moment drei bis vier Wochen. Die $product gehört zur zweiten Gruppe.

Wenn Sie heute bestellen, merke ich sie gern gleich vor.`,
    },
    thanks: `Das passt noch gut, dann bestelle ich heute Abend. Danke für die schnelle Antwort!

$name`,
  },
  {
    subject: '{Lampe beschädigt angekommen|Transportschaden, Bestellung $order|Schirm zerbrochen}',
    text: `{Guten Tag|Hallo},

{gestern|heute Morgen} kam das Paket mit der $product (Bestellung $order) an. Leider ist der Schirm {gesprungen|in drei Teile zerbrochen|am Rand abgeplatzt}, obwohl der Karton von außen {unversehrt|fast unversehrt} aussah. Ein Foto hängt an.

Wie gehen wir vor? {Ich brauche die Lampe eigentlich am Wochenende.|Den Rest würde ich gern behalten, nur der Schirm ist hin.}

$name
$city`,
    answer: {
      by: 'anna',
      text: `Guten Tag $salutation $last,

das tut mir sehr leid, und danke für das Foto. Ein neuer Schirm geht noch heute an Sie hinaus, selbstverständlich kostenlos. Den zerbrochenen müssen Sie nicht zurückschicken.`,
    },
    thanks: `Der neue Schirm ist da und heil. So wünscht man sich das!

$name`,
    picture: true,
  },
  {
    subject: '{Skagen flackert|Wackelkontakt|Lampe geht immer wieder aus}',
    text: `{Sehr geehrte Damen und Herren|Guten Tag},

meine Skagen ({gekauft vor drei Wochen|Bestellung $order}) flackert, sobald man {das Kabel berührt|sie verschiebt}. Ein anderes Leuchtmittel habe ich schon probiert, daran liegt es nicht.

{Die Seriennummer ist 04-2212.|Auf dem Fuß steht die Nummer 07-3112.} Was soll ich tun?

{Mit freundlichen Grüßen|Viele Grüße}
$name`,
    answer: {
      by: 'ben',
      text: `Guten Tag $salutation $last,

Sie haben recht, das ist unser Fehler: Bei einigen Lampen dieser Charge sitzt die Zugentlastung nicht richtig. Bitte benutzen Sie die Lampe nicht mehr. Sie bekommen eine neue, das Paket verlässt uns morgen.`,
    },
  },
  {
    subject: '{Rückgabe|Widerruf Bestellung $order|Rücksendung $product}',
    text: `{Guten Tag|Hallo},

die $product ist schön, passt aber leider nicht {über unseren Tisch: Sie ist größer, als ich dachte|zu unseren Wänden}. Ich möchte sie gern zurückgeben. Sie war nur {kurz|einmal} aufgehängt, die Verpackung habe ich noch.

{Bekomme ich von Ihnen einen Rücksendeschein?|An welche Adresse soll ich sie schicken?}

$name, $city`,
    answer: {
      by: 'anna',
      text: `Guten Tag $salutation $last,

schade, aber natürlich geht das. Den Rücksendeschein schicke ich Ihnen gleich mit getrennter Post. Bitte packen Sie den Schirm in den inneren Karton, dann kommt er heil an. Den Kaufpreis überweisen wir, sobald das Paket hier ist.`,
    },
    thanks: `Paket ist heute zur Post gegangen. Danke für die unkomplizierte Abwicklung.

$name`,
  },
  {
    subject: '{Wo bleibt meine Bestellung?|Bestellung $order noch nicht da|Sendungsverfolgung $order}',
    text: `{Guten Tag|Hallo},

ich habe vor {zwei|fast drei} Wochen die $product bestellt ($order) und seitdem nichts mehr gehört. {Die Sendungsverfolgung zeigt seit Tagen "Daten übermittelt".|Abgebucht wurde aber schon.}

Können Sie bitte nachsehen, wo sie steckt?

$name`,
    answer: {
      by: 'clara',
      text: `Guten Tag $salutation $last,

ich habe beim Paketdienst nachgefragt: Ihr Paket hing im Verteilzentrum fest und ist seit heute Morgen wieder unterwegs. Es sollte übermorgen bei Ihnen sein. Falls nicht, melden Sie sich bitte direkt bei mir, dann schicke ich ein zweites.`,
    },
  },
  {
    subject: '{Rechnung fehlt|Bitte um Rechnung zu $order|Rechnung auf Firma umschreiben}',
    text: `Sehr geehrte Damen und Herren,

{zu meiner Bestellung $order lag keine Rechnung im Paket.|könnten Sie die Rechnung zu $order bitte auf meine Firma ausstellen?} Ich brauche sie für {die Steuer|meinen Arbeitgeber}.

{Vielen Dank im Voraus|Danke und viele Grüße}
$name`,
    answer: {
      by: 'clara',
      text: `Guten Tag $salutation $last,

gern, die Rechnung zu $order geht Ihnen heute noch als PDF zu. Falls die Anschrift darauf nicht stimmt, genügt eine kurze Antwort.`,
    },
    thanks: `Angekommen, alles richtig. Danke!

$name`,
  },
  {
    subject: '{Sonderanfertigung möglich?|$product in anderer Farbe|Anfrage Sondermaß}',
    text: `Guten Tag,

wir {richten gerade unser Haus in $city ein|ziehen gerade um} und haben uns in die $product verliebt. {Gibt es sie auch in einem tiefen Blau, etwa wie RAL 5011?|Ginge sie auch mit zwei Metern Kabel statt 1,5?|Könnten Sie den Schirm auch zehn Zentimeter schmaler machen?} Wir würden {drei|vier|fünf} Stück nehmen.

{Über ein Angebot würde ich mich freuen.|Was würde das ungefähr kosten?}

Herzliche Grüße
$name`,
    answer: {
      by: 'ben',
      text: `Guten Tag $salutation $last,

das machen wir gern. Für die Sonderausführung berechnen wir einmalig 60 € und je Lampe zehn Prozent Aufpreis, die Fertigung dauert etwa fünf Wochen. Ein genaues Angebot bekommen Sie, sobald ich die Maße von Ihnen habe.`,
    },
  },
  {
    subject: '{Welches Leuchtmittel?|Frage zum Dimmen|Dimmbar oder nicht?}',
    text: `Hallo,

{ist die $product dimmbar, und mit welchem Leuchtmittel?|ich möchte die $product an einen alten Drehdimmer hängen. Geht das, oder flimmert es dann?} {Mein Elektriker meint, das hänge allein von der LED ab.|Die beiliegende LED scheint es nicht zu mögen.}

Viele Grüße
$name`,
    answer: {
      by: 'ben',
      text: `Guten Tag $salutation $last,

die Lampe selbst ist immer dimmbar, es kommt auf das Leuchtmittel und den Dimmer an. Mit einem Phasenabschnittdimmer und einer LED mit höchstens 8 Watt haben wir die besten Erfahrungen gemacht. Eine Liste mit geprüften Leuchtmitteln schicke ich Ihnen gern.`,
    },
    thanks: `Mit der dritten LED von der Liste klappt es, kein Flimmern mehr. Danke!

$name`,
  },
  {
    subject: '{Lob|Einfach mal danke|Wunderschön!}',
    text: `Liebes Team,

die $product hängt seit {gestern|einer Woche} über unserem {Esstisch|Küchentisch|Flügel}, und {jeder Besuch fragt, woher sie ist|wir freuen uns jeden Abend darüber}. Das wollte ich Ihnen nur einmal sagen.

Herzliche Grüße aus $city
$name`,
    answer: {
      by: 'anna',
      text: `Liebe Grüße zurück nach $city,

Ihre Nachricht hängt jetzt in der Werkstatt am Brett. Danke, dass Sie sich die Zeit genommen haben!`,
    },
  },
  {
    subject: '{Beschwerde|Enttäuscht|So nicht}',
    text: `Sehr geehrte Damen und Herren,

{ich habe jetzt zum dritten Mal versucht, Sie telefonisch zu erreichen.|auf meine Mail von letzter Woche habe ich keine Antwort bekommen.} Die $product aus Bestellung $order {hat Kratzer am Fuß|ist deutlich dunkler als auf dem Foto|wurde mit dem falschen Kabel geliefert}. Bei {diesem Preis|einer Manufaktur} hätte ich mehr Sorgfalt erwartet.

Ich erwarte {bis Freitag|umgehend} einen Vorschlag.

$name, $city`,
    answer: {
      by: 'anna',
      text: `Guten Tag $salutation $last,

Sie ärgern sich zu Recht, und ich entschuldige mich: Ihre Nachricht ist bei uns liegen geblieben. Ich schlage vor, dass wir die Lampe bei Ihnen abholen und Ihnen gleichzeitig eine neue bringen lassen, ohne Kosten für Sie. Passt Ihnen der Donnerstag?`,
    },
    thanks: `Donnerstag passt. Ich weiß es zu schätzen, dass Sie sich darum kümmern.

$name`,
  },
  {
    subject: '{Ersatzteil|Ersatzschirm für ältere Lampe|Baldachin nachkaufen}',
    text: `Guten Tag,

ich habe {vor acht Jahren|2017 auf dem Weihnachtsmarkt} eine Sund bei Ihnen gekauft. {Beim Putzen ist der Schirm heruntergefallen.|Beim Umzug ist der Baldachin verloren gegangen.} Gibt es {ihn|das Teil} noch einzeln?

{Die Lampe wegzuwerfen, wäre ein Jammer.|Ich hänge sehr an dem Stück.}

$name`,
    answer: {
      by: 'ben',
      text: `Guten Tag $salutation $last,

für unsere Lampen gibt es alle Teile, auch für die alten. Ein Schirm kostet 69 €, ein Baldachin 18 €, jeweils zuzüglich 6 € Versand. Schreiben Sie mir einfach, was Sie brauchen, und wohin.`,
    },
  },
  {
    subject: '{Gutschein|Geschenkgutschein|Gutscheincode funktioniert nicht}',
    text: `Hallo,

{ich möchte meiner Schwester einen Gutschein über 150 € schenken. Gibt es den auch als Karte zum Überreichen?|mein Gutscheincode wird im Shop nicht angenommen, es kommt immer "ungültig".} {Der Geburtstag ist schon am Samstag.|Er ist laut Aufdruck noch zwei Jahre gültig.}

Danke und Gruß
$name`,
    answer: {
      by: 'clara',
      text: `Guten Tag $salutation $last,

das erledigen wir gern für Sie. Gutscheine gibt es als PDF zum Ausdrucken sofort, als Karte mit der Post in zwei Tagen. Codes, die der Shop nicht annimmt, löse ich hier von Hand ein: Schreiben Sie mir bitte die Nummer.`,
    },
  },
  {
    subject: '{Öffnungszeiten|Kann man die Lampen ansehen?|Besuch in der Werkstatt}',
    text: `Guten Tag,

wir sind {nächste Woche|am Wochenende} in Kiel und würden uns die $product gern im Original ansehen. {Haben Sie auch samstags geöffnet?|Muss man sich anmelden?} {Mit zwei Kindern und einem Hund, falls das eine Rolle spielt.|}

Viele Grüße aus $city
$name`,
    answer: {
      by: 'anna',
      text: `Guten Tag $salutation $last,

kommen Sie gern vorbei: montags bis freitags von 9 bis 17 Uhr, samstags von 10 bis 13 Uhr. Anmelden müssen Sie sich nicht, und Hunde bekommen bei uns Wasser.`,
    },
    thanks: `Prima, dann bis Samstag!

$name`,
  },
  {
    subject: '{Angebot für unser Büro|Anfrage: 12 Leuchten|Beleuchtung für ein Café}',
    text: `Sehr geehrte Damen und Herren,

für {unser neues Büro in $city|ein Café, das wir im Frühjahr eröffnen,} suchen wir {zwölf|acht|fünfzehn} Pendelleuchten in der Art der $product. {Gibt es ab dieser Menge einen Rabatt?|Wie sähe ein Zeitplan aus?} Montieren würde unser Elektriker.

Bitte senden Sie uns ein Angebot.

Mit freundlichen Grüßen
$name`,
    answer: {
      by: 'ben',
      text: `Guten Tag $salutation $last,

vielen Dank für die Anfrage. Ab zehn Stück geben wir zehn Prozent Nachlass, die Lieferung wäre in etwa sechs Wochen möglich. Das ausführliche Angebot finden Sie morgen in Ihrem Postfach.`,
    },
  },
  {
    subject: '{Adresse ändern|Falsche Lieferadresse bei $order|Lieferung an den Nachbarn?}',
    text: `Hallo,

mir ist bei der Bestellung $order ein Fehler passiert: {Ich habe die alte Adresse angegeben.|Die Hausnummer muss 14a heißen, nicht 41.} {Ist das Paket schon unterwegs?|Können Sie das noch ändern?}

Vielen Dank!
$name`,
    answer: {
      by: 'clara',
      text: `Guten Tag $salutation $last,

Glück gehabt: Das Paket stand noch hier. Die Adresse ist geändert, es geht heute Nachmittag hinaus.`,
    },
    thanks: `Puh, danke!`,
  },
  {
    subject: '{Montage|Aufhängung an schräger Decke|Wie schwer ist die $product?}',
    text: `Guten Tag,

{unsere Decke ist schräg, 35 Grad. Hält der Baldachin der $product daran?|wie schwer ist die $product? Unsere Decke ist aus Gipskarton.} {Der Elektriker möchte es vorher wissen.|Ich bin handwerklich eher unbegabt.}

Mit besten Grüßen
$name`,
    answer: {
      by: 'ben',
      text: `Guten Tag $salutation $last,

die $product wiegt 2,4 kg mit Schirm. Für schräge Decken gibt es ein Gelenk für den Baldachin (12 €), das bis 45 Grad reicht. Im Gipskarton halten zwei Hohlraumdübel sie ohne Mühe.`,
    },
  },
  {
    subject: '{Zahlung|Doppelt abgebucht|Mahnung trotz Zahlung}',
    text: `Sehr geehrte Damen und Herren,

{der Betrag für $order wurde zweimal abgebucht, am 4. und am 5.|ich habe eine Zahlungserinnerung zu $order bekommen, obwohl ich am 2. überwiesen habe.} Bitte prüfen Sie das.

$name`,
    answer: {
      by: 'clara',
      text: `Guten Tag $salutation $last,

Sie haben völlig recht, bitte entschuldigen Sie. Der Betrag wird Ihnen heute gutgeschrieben, die Erinnerung ist gegenstandslos.`,
    },
    thanks: `Vielen Dank, das Geld ist da.

$name`,
  },
  {
    subject: '{Wie reinigt man den Schirm?|Pflege|Reinigung des Leinenschirms}',
    text: `Liebes Team,

womit reinige ich den Schirm der $product am besten? {Meine Katze war schneller als ich.|In der Küche setzt sich doch einiges ab.} {Staubwedel hilft nicht mehr.|}

Danke für einen Tipp
$name`,
    answer: {
      by: 'anna',
      text: `Guten Tag $salutation $last,

Glas und lackiertes Metall vertragen lauwarmes Wasser mit einem Tropfen Spülmittel, Messing nur ein trockenes Tuch. Leinen am besten mit der weichen Bürste des Staubsaugers.`,
    },
  },
];
