/** Who writes to the shared mailbox. */
import type { Correspondent } from '../script.ts';

export interface Customer extends Correspondent {
  readonly first: string;
  readonly last: string;
  readonly salutation: string;
  readonly city: string;
}

function customer(salutation: string, first: string, last: string, city: string, address: string): Customer {
  return { salutation, first, last, city, address, name: `${first} ${last}` };
}

export const germanCustomers: readonly Customer[] = [
  customer('Frau', 'Heike', 'Petersen', 'Hamburg-Blankenese', 'heike.petersen@elbpost.example'),
  customer('Herr', 'Jürgen', 'Schäfer', 'Göttingen', 'j.schaefer@postfach.example'),
  customer('Frau', 'Sabine', 'Wöhler', 'Oldenburg', 'sabine.woehler@nordnetz.example'),
  customer('Herr', 'Mehmet', 'Yıldız', 'Berlin', 'mehmet.yildiz@kiezmail.example'),
  customer('Frau', 'Theresa', 'Obermüller', 'Rosenheim', 't.obermueller@alpenpost.example'),
  customer('Herr', 'Lars', 'Hinrichsen', 'Husum', 'lars@hinrichsen-husum.example'),
  customer('Frau', 'Katharina', 'Böhm', 'Dresden', 'katharina.boehm@elbtal.example'),
  customer('Herr', 'Uwe', 'Grünwald', 'Kassel', 'uwe.gruenwald@postfach.example'),
  customer('Frau', 'Anneliese', 'Köster', 'Münster', 'a.koester@westpost.example'),
  customer('Herr', 'Florian', 'Weiß', 'Nürnberg', 'florian.weiss@frankenmail.example'),
  customer('Frau', 'Birgit', 'Lüdtke', 'Rostock', 'birgit.luedtke@ostseepost.example'),
  customer('Herr', 'Dieter', 'Schröder', 'Bremen', 'dieter.schroeder@weserpost.example'),
  customer('Frau', 'Julia', 'Hoffmann', 'Köln', 'julia.hoffmann@rheinmail.example'),
  customer('Herr', 'Tobias', 'König', 'Freiburg', 'tobias@koenig-freiburg.example'),
  customer('Frau', 'Renate', 'Fröhlich', 'Flensburg', 'renate.froehlich@foerdepost.example'),
  customer('Herr', 'Stefan', 'Müller', 'Leipzig', 'stefan.mueller@postfach.example'),
  customer('Frau', 'Claudia', 'Jäger', 'Hannover', 'c.jaeger@leinepost.example'),
  customer('Herr', 'Andreas', 'Möbius', 'Chemnitz', 'a.moebius@sachsenmail.example'),
  customer('Frau', 'Ingrid', 'Thomsen', 'Kappeln', 'ingrid.thomsen@schleipost.example'),
  customer('Herr', 'Max', 'Böttcher', 'Potsdam', 'max.boettcher@havelpost.example'),
  customer('Frau', 'Lea', 'Schönfeld', 'Stuttgart', 'lea.schoenfeld@neckarmail.example'),
  customer('Herr', 'Karl-Heinz', 'Lührs', 'Cuxhaven', 'kh.luehrs@nordnetz.example'),
  customer('Frau', 'Nadja', 'Petrović', 'Mannheim', 'nadja.petrovic@quadrat.example'),
  customer('Herr', 'Björn', 'Sörensen', 'Kiel', 'bjoern.soerensen@foerdepost.example'),
  customer('Frau', 'Gisela', 'Brückner', 'Erfurt', 'gisela.brueckner@thuermail.example'),
  customer('Herr', 'Philipp', 'Aßmann', 'Mainz', 'p.assmann@rheinmail.example'),
  customer('Frau', 'Sophie', 'Künzel', 'Augsburg', 'sophie.kuenzel@lechpost.example'),
  customer('Herr', 'Rainer', 'Hübner', 'Lübeck', 'rainer.huebner@travepost.example'),
  customer('Frau', 'Melanie', 'Görlitz', 'Magdeburg', 'melanie.goerlitz@elbtal.example'),
  customer('Herr', 'Wolfgang', 'Rüther', 'Paderborn', 'w.ruether@westpost.example'),
  customer('Frau', 'Christine', 'Bühler', 'Konstanz', 'christine.buehler@seepost.example'),
  customer('Herr', 'Jens', 'Carstensen', 'Sylt', 'jens@carstensen-sylt.example'),
];

export const englishCustomers: readonly Customer[] = [
  customer('Ms', 'Emma', 'Whitfield', 'Bath', 'emma.whitfield@avonpost.example'),
  customer('Mr', 'Liam', "O'Sullivan", 'Cork', 'liam.osullivan@leemail.example'),
  customer('Ms', 'Priya', 'Raman', 'Manchester', 'priya.raman@northpost.example'),
  customer('Mr', 'Henrik', 'Lindqvist', 'Gothenburg', 'henrik.lindqvist@vastpost.example'),
  customer('Ms', 'Chloé', 'Dubois', 'Lyon', 'chloe.dubois@rhonepost.example'),
  customer('Mr', 'Daniel', 'Novák', 'Prague', 'daniel.novak@vltavamail.example'),
  customer('Ms', 'Ingrid', 'Bakken', 'Bergen', 'ingrid.bakken@fjordpost.example'),
  customer('Mr', 'Thomas', 'van Dijk', 'Utrecht', 't.vandijk@grachtmail.example'),
  customer('Ms', 'Sarah', 'Cohen', 'Edinburgh', 'sarah.cohen@forthmail.example'),
  customer('Mr', 'Mikkel', 'Østergaard', 'Aarhus', 'mikkel@oestergaard.example'),
  customer('Ms', 'Francesca', 'Conti', 'Turin', 'f.conti@popost.example'),
  customer('Mr', 'George', 'Hartley', 'York', 'george.hartley@ousepost.example'),
];

export interface Product {
  readonly name: string;
  readonly priceInCents: number;
}

export const products: readonly Product[] = [
  { name: 'Fjord, weiß', priceInCents: 9_800 },
  { name: 'Fjord, Salbei', priceInCents: 9_800 },
  { name: 'Skagen, schwarz', priceInCents: 16_400 },
  { name: 'Skagen, Messing', priceInCents: 17_900 },
  { name: 'Sund klein, klar', priceInCents: 11_900 },
  { name: 'Sund groß, rauchgrau', priceInCents: 18_500 },
  { name: 'Kattegat, rauchgrau', priceInCents: 23_500 },
  { name: 'Mole 3, schwarz', priceInCents: 31_200 },
  { name: 'Leuchtturm 12', priceInCents: 74_000 },
];
