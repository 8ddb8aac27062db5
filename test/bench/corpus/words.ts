/** Words as mail has them: few that are everywhere, many that are rare (Zipf), English and German, with German compounds. */
import type { Random } from '#test/support/random.ts';

const frequent =
  `the to and of a in is for you that on we with be it as are this have will your at from by not our can if please
  die der und in zu den das nicht von sie ist des sich mit dem dass er es ein ich auf so eine auch als an nach wie im für man aber aus
  durch wenn nur war noch werden bei hat wir was wird sein einen welche sind oder zur um haben einer mir über ihm diese einem ihr uns`
    .split(/\s+/)
    .filter((word) => word !== '');
const german =
  `Rechnung Liefer Bestell Auftrag Kunden Versand Lager Termin Projekt Vertrag Angebot Prüf Zahlung Mahn Sach Bearbeit Haupt Jahres
  Monats Abschluss Steuer Bau Straßen Hafen Schiff Maschinen Ersatz Teil Werk Qualität Garantie Büro Personal Urlaub Antrag Reise Kosten Stell
  Grün Fläche Wärme Strom Netz Anschluss Mess Gerät Daten Schutz Sicherheit Übergabe Öffnungs Zeit Ausschreibung Änderung Zuständigkeit`
    .split(/\s+/)
    .filter((word) => word !== '');
const syllables =
  `ba be bi bo bu ca ce ci co cu da de di do du fa fe fi fo ga ge go ha he hi ho ja ka ke ki ko la le li lo lu ma me mi mo mu na
  ne ni no nu pa pe pi po ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo wa we wi za ze zi zo schä mü grö`
    .split(/\s+/)
    .filter((word) => word !== '');
const endings = ['', '', 'n', 's', 't', 'er', 'en', 'ing', 'ed', 'ung', 'lich', 'tion'];
const vocabularySize = 20_000;

export class Words {
  readonly #vocabulary: readonly string[];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
    const words = new Set(frequent);
    while (words.size < vocabularySize) words.add(random.chance(0.3) ? this.#compound() : this.#made());
    this.#vocabulary = [...words];
  }

  /** The word of this rank, 0 being the most frequent: the rank-th stands in one of (rank * 10) words or so. */
  ofRank(rank: number): string {
    return this.#vocabulary[rank]!;
  }

  word(): string {
    return this.ofRank(Math.floor(Math.exp(this.#random.next() * Math.log(vocabularySize))) - 1);
  }

  /** About so many characters, in paragraphs of sentences. */
  text(characters: number): string {
    let text = '';
    while (text.length < characters) {
      const sentence = Array.from({ length: this.#random.whole(5, 18) }, () => this.word()).join(' ');
      text += `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.${this.#random.chance(0.2) ? '\n\n' : ' '}`;
    }
    return text;
  }

  #compound(): string {
    const parts = Array.from({ length: this.#random.whole(2, 3) }, () => this.#random.pick(german));
    return parts.map((part, at) => (at === 0 ? part : part.toLowerCase())).join('');
  }

  #made(): string {
    const parts = Array.from({ length: this.#random.whole(2, 4) }, () => this.#random.pick(syllables));
    return parts.join('') + this.#random.pick(endings);
  }
}
