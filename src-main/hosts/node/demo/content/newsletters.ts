/** Newsletters: HTML with pictures that lie on the sender's server, a hidden preview line, and the ways out that such mails have. */
import type { Correspondent, Insider, ScriptedThread } from '../script.ts';

interface Issue {
  readonly daysAgo: number;
  readonly subject: string;
  /** Shown by lists of messages only. */
  readonly preview: string;
  readonly intro: string;
  readonly items: readonly (readonly [title: string, text: string])[];
}

interface Newsletter {
  readonly from: Correspondent;
  readonly host: string;
  readonly language: 'de' | 'en';
  readonly readers: readonly Insider[];
  readonly colour: string;
  readonly footer: string;
  readonly unsubscribe: string;
  readonly folder?: 'Junk';
  readonly issues: readonly Issue[];
}

const newsletters: readonly Newsletter[] = [
  {
    from: { name: 'Handwerk im Norden', address: 'redaktion@handwerk-nord.example' },
    host: 'handwerk-nord.example',
    language: 'de',
    readers: ['ben', 'clara'],
    colour: '#1f4e5f',
    footer: 'Sie erhalten diesen Brief als Mitgliedsbetrieb. Handwerk im Norden, Breiter Weg 10, 24105 Kiel',
    unsubscribe: 'Abbestellen',
    issues: [
      {
        daysAgo: 1.3,
        subject: 'Förderung für neue Maschinen: Anträge bis Monatsende',
        preview: 'Bis zu 30 Prozent Zuschuss für Betriebe mit weniger als zehn Beschäftigten.',
        intro:
          'Das Land bezuschusst Maschinen, die weniger Strom brauchen als ihre Vorgänger. Der Antrag ist kürzer als früher.',
        items: [
          [
            'Was gefördert wird',
            'Drehbänke, Absauganlagen, Kompressoren und Öfen, sofern sie mindestens 20 Prozent sparen.',
          ],
          [
            'Ausbildung: Neue Termine',
            'Die Gesellenprüfungen der Metallberufe beginnen in der kommenden Woche.',
          ],
          ['Aus den Betrieben', 'Eine Bootswerft in Laboe heizt jetzt mit ihren eigenen Spänen.'],
        ],
      },
      {
        daysAgo: 15.2,
        subject: 'Elektronische Rechnung: Was ab Januar gilt',
        preview: 'Wer muss sie annehmen, wer muss sie schreiben, und ab wann?',
        intro:
          'Empfangen müssen alle Betriebe elektronische Rechnungen schon jetzt. Beim Schreiben gelten Übergangsfristen.',
        items: [
          [
            'Drei Formate, eine Pflicht',
            'XRechnung, ZUGFeRD ab 2.1 und alles, worauf sich beide Seiten einigen.',
          ],
          ['Lesetipp', 'Ein Merkblatt der Kammer beantwortet die häufigsten Fragen auf zwei Seiten.'],
        ],
      },
      {
        daysAgo: 29.2,
        subject: 'Tage des offenen Ateliers im ganzen Land',
        preview: 'Über 200 Werkstätten machen mit.',
        intro: 'Melden Sie Ihre Werkstatt an, der Eintrag im Programmheft kostet nichts.',
        items: [['So geht es', 'Formular ausfüllen, ein Bild dazu, fertig. Anmeldeschluss ist der 20.']],
      },
    ],
  },
  {
    from: { name: 'Licht & Raum', address: 'post@licht-und-raum.example' },
    host: 'licht-und-raum.example',
    language: 'de',
    readers: ['anna', 'ben', 'clara'],
    colour: '#7a4b2a',
    footer: 'Licht & Raum, Verlagshaus am Dom, 50667 Köln',
    unsubscribe: 'Newsletter abbestellen',
    issues: [
      {
        daysAgo: 0.35,
        subject: 'Warmes Licht: Die Leuchten des Herbstes',
        preview: 'Glas, Messing und Leinen: drei Wohnungen, drei Stimmungen.',
        intro:
          'Wenn die Tage kürzer werden, zählt das Licht am Abend. Wir haben drei Wohnungen besucht, in denen das gelingt.',
        items: [
          ['Altbau in Leipzig', 'Eine einzige Pendelleuchte über dem Tisch und sonst nur Kerzen.'],
          ['Reihenhaus in Bremen', 'Indirektes Licht hinter Leinen, gedimmt über einen alten Drehschalter.'],
          ['Im nächsten Heft', 'Werkstattbesuch an der Förde: Wie aus Rohr und Glas eine Leuchte wird.'],
        ],
      },
      {
        daysAgo: 7.3,
        subject: 'LED ohne Flimmern: Worauf Sie achten sollten',
        preview: 'Der Test mit der Handykamera verrät viel.',
        intro: 'Nicht jede dimmbare LED lässt sich gut dimmen. Unser Labor hat 24 Leuchtmittel verglichen.',
        items: [
          ['Der schnelle Test', 'Kamera auf Zeitlupe, Leuchte dimmen, Streifen zählen.'],
          ['Unsere Empfehlung', 'Vier Leuchtmittel blieben über den ganzen Bereich ruhig.'],
        ],
      },
      {
        daysAgo: 21.3,
        subject: 'Messevorschau: Das sind die Neuheiten in Frankfurt',
        preview: 'Wieder da: farbiges Glas.',
        intro: 'Farbiges Glas, Textilkabel und reparierbare Fassungen: die Trends der Messe auf einen Blick.',
        items: [['Hallenplan', 'Kleine Manufakturen finden Sie in diesem Jahr in Halle 3.1.']],
      },
    ],
  },
  {
    from: { name: 'Shop Insider', address: 'hello@shopinsider.example' },
    host: 'shopinsider.example',
    language: 'en',
    readers: ['anna', 'clara'],
    colour: '#3b2f7a',
    footer: 'Shop Insider, 12 Harbour Street, Dublin',
    unsubscribe: 'Unsubscribe',
    issues: [
      {
        daysAgo: 2.4,
        subject: 'Seven sentences that save an order',
        preview: 'What good support teams write when something goes wrong.',
        intro:
          'A late parcel is not what loses a customer. Silence is. Here are seven sentences that work, and why they do.',
        items: [
          ['"I looked into it myself"', 'People want a person. Say who you are and what you did.'],
          ['"You will hear from me by Thursday"', 'A date beats an apology. Then keep it.'],
          ['Reader question', 'How do you share one inbox without answering twice?'],
        ],
      },
      {
        daysAgo: 16.4,
        subject: 'Are your product photos too dark?',
        preview: 'A five minute check before the season starts.',
        intro:
          'Lamps are the hardest thing to photograph: they are the light source. Three tricks from a studio in Malmö.',
        items: [['Two exposures', 'One for the room, one for the shade, then blend.']],
      },
    ],
  },
  {
    from: { name: 'Bürobedarf Kröger', address: 'angebote@buero-kroeger.example' },
    host: 'buero-kroeger.example',
    language: 'de',
    readers: ['clara', 'anna'],
    colour: '#9c1c28',
    footer: 'Bürobedarf Kröger GmbH, Hafenstraße 7, 24103 Kiel',
    unsubscribe: 'Keine Angebote mehr erhalten',
    issues: [
      {
        daysAgo: 4.3,
        subject: '20 % auf Versandkartons: nur diese Woche',
        preview: 'Stabil, recycelt, und auf Wunsch bedruckt.',
        intro:
          'Vor der Saison noch einmal auffüllen: Alle Kartons mit Fächern für Glas sind in dieser Woche günstiger.',
        items: [
          ['Karton 40 x 40 x 60', 'zweiwellig, 25 Stück, jetzt 31,90 €'],
          ['Luftpolster aus Papier', '100 Meter, jetzt 18,50 €'],
        ],
      },
      {
        daysAgo: 18.3,
        subject: 'Druckerpatronen im Abo: nie wieder leer',
        preview: 'Monatlich kündbar.',
        intro: 'Ihr Drucker bestellt selbst, wenn es knapp wird. Die erste Lieferung ist kostenlos.',
        items: [['So funktioniert es', 'Modell wählen, verbinden, vergessen.']],
      },
    ],
  },
  {
    from: { name: 'Bahn Reise-Post', address: 'reisepost@bahnreise.example' },
    host: 'bahnreise.example',
    language: 'de',
    readers: ['ben'],
    colour: '#b5121b',
    footer: 'Bahn Reise-Post, Europaplatz 1, 10557 Berlin',
    unsubscribe: 'Abmelden',
    issues: [
      {
        daysAgo: 5.6,
        subject: 'Frankfurt ab 27,90 €: jetzt früh buchen',
        preview: 'Sparpreise bis Jahresende.',
        intro: 'Kiel nach Frankfurt in gut fünf Stunden, mit einem Umstieg in Hamburg.',
        items: [['Reservieren nicht vergessen', 'Zur Messezeit sind die Züge voll.']],
      },
      {
        daysAgo: 23.6,
        subject: 'Ihre Punkte verfallen bald',
        preview: '1.250 Punkte warten auf Sie.',
        intro:
          'Bis Ende des Monats können Sie Ihre Punkte gegen Freifahrten oder einen Kaffee im Zug einlösen.',
        items: [['Beliebt', 'Aufwertung in die erste Klasse ab 1.000 Punkten.']],
      },
    ],
  },
  {
    from: { name: 'Gewinn-Zentrale', address: 'glueck@gewinn-zentrale.example' },
    host: 'gewinn-zentrale.example',
    language: 'de',
    readers: ['anna', 'ben', 'clara', 'info'],
    colour: '#d49b00',
    footer: 'Gewinn-Zentrale Ltd.',
    unsubscribe: 'hier',
    folder: 'Junk',
    issues: [
      {
        daysAgo: 2.1,
        subject: 'HERZLICHEN GLÜCKWUNSCH!!! Ihr Gutschein über 500 € liegt bereit',
        preview: 'Nur noch heute gültig!',
        intro: 'Sie wurden unter allen Teilnehmern gezogen. Bestätigen Sie nur noch Ihre Kontodaten.',
        items: [['Jetzt sichern', 'Wer zuerst kommt, mahlt zuerst.']],
      },
      {
        daysAgo: 11.1,
        subject: 'Letzte Mahnung vor Verfall Ihres Gewinns',
        preview: 'Ihr Aktenzeichen: 88-2041',
        intro: 'Trotz mehrfacher Erinnerung haben Sie Ihren Gewinn nicht abgerufen.',
        items: [['Aktenzeichen 88-2041', 'Antworten Sie innerhalb von 24 Stunden.']],
      },
    ],
  },
];

export const newsletterThreads: readonly ScriptedThread[] = newsletters.flatMap((letter) =>
  letter.issues.map((issue, index) => ({
    subject: issue.subject,
    daysAgo: issue.daysAgo,
    language: letter.language,
    ...(letter.folder ? { folder: letter.folder } : {}),
    mails: [
      {
        from: letter.from,
        to: letter.readers,
        text: asText(letter, issue),
        html: asHtml(letter, issue, index),
        headers: [
          ['List-Id', `<news.${letter.host}>`],
          ['List-Unsubscribe', `<https://${letter.host}/unsubscribe?issue=${index.toString()}>`],
          ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
          ['Precedence', 'bulk'],
        ],
      },
    ],
  })),
);

function asText(letter: Newsletter, issue: Issue): string {
  const items = issue.items.map(([title, text]) => `${title.toUpperCase()}\n${text}`);
  return [
    issue.intro,
    ...items,
    '--',
    letter.footer,
    `${letter.unsubscribe}: https://${letter.host}/unsubscribe`,
  ].join('\n\n');
}

function asHtml(letter: Newsletter, issue: Issue, index: number): string {
  const base = `https://${letter.host}`;
  const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const items = issue.items
    .map(
      ([title, text], at) => `<tr><td style="padding:12px 28px">
<img src="${base}/bilder/${index.toString()}-${at.toString()}.jpg" width="544" height="220" alt="" style="display:block;width:100%;height:auto;border:0">
<h2 style="margin:14px 0 4px;font:600 19px/1.3 Georgia,serif;color:${letter.colour}">${escape(title)}</h2>
<p style="margin:0;font:15px/1.5 Arial,sans-serif;color:#333">${escape(text)}</p>
<p style="margin:8px 0 0;font:15px/1.5 Arial,sans-serif"><a href="${base}/artikel/${index.toString()}/${at.toString()}" style="color:${letter.colour}">&rarr; ${letter.language === 'de' ? 'Weiterlesen' : 'Read more'}</a></p>
</td></tr>`,
    )
    .join('\n');
  return `<!DOCTYPE html>
<html lang="${letter.language}"><head><meta charset="utf-8"><title>${escape(issue.subject)}</title></head>
<body style="margin:0;background:#f2f0ec">
<div style="display:none;max-height:0;overflow:hidden">${escape(issue.preview)}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 8px">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" style="width:100%;max-width:600px;background:#fff">
<tr><td style="background:${letter.colour};padding:20px 28px"><img src="${base}/logo.png" width="180" height="40" alt="${escape(letter.from.name)}" style="color:#fff;font:600 22px Georgia,serif"></td></tr>
<tr><td style="padding:24px 28px 8px"><h1 style="margin:0 0 10px;font:600 25px/1.25 Georgia,serif;color:#222">${escape(issue.subject)}</h1>
<p style="margin:0;font:16px/1.5 Arial,sans-serif;color:#333">${escape(issue.intro)}</p></td></tr>
${items}
<tr><td style="padding:20px 28px;background:#f7f6f3;font:12px/1.5 Arial,sans-serif;color:#666">${escape(letter.footer)}<br><a href="${base}/unsubscribe" style="color:#666">${escape(letter.unsubscribe)}</a></td></tr>
</table></td></tr></table>
<img src="${base}/open.gif?reader=8f3a&amp;issue=${index.toString()}" width="1" height="1" alt="">
</body></html>`;
}
