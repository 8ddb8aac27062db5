/** The organisation of the demo: a small maker of lamps in Kiel. */
import type { Colleague, Correspondent, Insider } from './script.ts';

export const demoDomain = 'leuchtwerk.example';
export const organisationName = 'Leuchtwerk Kiel GmbH';

export interface DemoPerson extends Correspondent {
  readonly login: Colleague;
  readonly role: string;
}

export const people: readonly DemoPerson[] = [
  { login: 'anna', name: 'Anna Albrecht', address: `anna@${demoDomain}`, role: 'Kundenservice' },
  { login: 'ben', name: 'Ben Becker', address: `ben@${demoDomain}`, role: 'Vertrieb und Werkstatt' },
  { login: 'clara', name: 'Clara Conrad', address: `clara@${demoDomain}`, role: 'Einkauf und Buchhaltung' },
];

/** The mailbox that all three work in. */
export const shared: Correspondent & { readonly login: 'info' } = {
  login: 'info',
  name: 'Leuchtwerk Kiel',
  address: `info@${demoDomain}`,
};

/** Addresses that lead into the shared mailbox. */
export const sharedAddresses: readonly string[] = [
  shared.address,
  `service@${demoDomain}`,
  `bestellung@${demoDomain}`,
];

/** One password for every mailbox: it opens nothing but this demo, on this machine, while it runs. */
export const demoPassword = 'leuchtwerk-demo';

export function correspondent(who: Insider | Correspondent): Correspondent {
  if (typeof who !== 'string') return who;
  if (who === 'info') return shared;
  const person = people.find((candidate) => candidate.login === who);
  if (person === undefined) throw new Error(`nobody is called ${who}`);
  return person;
}
