/** Makes the many conversations of the shared mailbox from the cases: who writes, about which lamp, when, and whether it was answered. */
import type { Case } from './content/cases.de.ts';
import { germanCases } from './content/cases.de.ts';
import { englishCases } from './content/cases.en.ts';
import { englishCustomers, germanCustomers, products } from './content/customers.ts';
import type { Customer } from './content/customers.ts';
import { orderText, payments, remarks, shop } from './content/shop.ts';
import type { ShopOrder } from './content/shop.ts';
import { correspondent } from './organisation.ts';
import type { Chance } from './random.ts';
import type { ScriptedMail, ScriptedThread } from './script.ts';

const daysBack = 34;
const germanRounds = 5;
const englishRounds = 4;
const orders = 80;
/** Photos that customers attach: so many different ones. */
const photos = 12;
const firstOrder = 10_240;

export function sharedConversations(chance: Chance): ScriptedThread[] {
  const threads: ScriptedThread[] = [];
  const round = (
    cases: readonly Case[],
    customers: readonly Customer[],
    language: 'de' | 'en',
    rounds: number,
  ): void => {
    for (let time = 0; time < rounds; time += 1) {
      for (const script of cases) {
        const who = chance.pick(customers);
        threads.push(conversation(script, who, language, chance));
      }
    }
  };
  round(germanCases, germanCustomers, 'de', germanRounds);
  round(englishCases, englishCustomers, 'en', englishRounds);
  for (let index = 0; index < orders; index += 1) threads.push(orderNotice(index, chance));
  return threads;
}

function conversation(script: Case, who: Customer, language: 'de' | 'en', chance: Chance): ScriptedThread {
  const product = chance.pick(products).name.split(',')[0] ?? '';
  const slots: Readonly<Record<string, string>> = {
    product,
    order: (firstOrder + chance.below(orders)).toString(),
    city: who.city,
    last: who.last,
    salutation: language === 'de' && who.salutation === 'Herr' ? 'Herr' : who.salutation,
    name: who.name,
  };
  const write = (text: string): string => expand(text, slots, chance);
  const daysAgo = 0.05 + chance.next() ** 1.4 * daysBack;
  const mails: ScriptedMail[] = [
    {
      from: who,
      to: ['info'],
      text: write(script.text),
      ...(script.picture === true
        ? {
            attachments: [
              {
                kind: 'picture' as const,
                filename: `IMG_${(2000 + chance.below(7000)).toString()}.png`,
                seed: chance.below(photos),
              },
            ],
          }
        : {}),
      ...(chance.next() < 0.08 ? { unread: true } : {}),
    },
  ];
  // What came in today is mostly still open; of the older ones nine in ten are answered.
  const answered =
    script.answer !== undefined && chance.next() < (daysAgo < 1 ? 0.25 : daysAgo < 3 ? 0.6 : 0.9);
  if (answered && script.answer !== undefined) {
    const by = correspondent(script.answer.by).name;
    const close = language === 'de' ? 'Mit freundlichen Grüßen' : 'Kind regards';
    mails.push({
      from: 'info',
      by: script.answer.by,
      after: 0.7 + chance.next() * 22,
      text: `${write(script.answer.text)}\n\n${close}\n${by}\nLeuchtwerk Kiel`,
    });
    if (script.thanks !== undefined && chance.next() < 0.7) {
      mails.push({ from: who, after: 1 + chance.next() * 30, text: write(script.thanks) });
    }
  }
  const expert = script.answer?.by;
  return {
    subject: write(script.subject),
    daysAgo,
    language,
    mails,
    ...(expert === undefined ? {} : { expert }),
  };
}

function orderNotice(index: number, chance: Chance): ScriptedThread {
  const english = chance.next() < 0.2;
  const who = chance.pick(english ? englishCustomers : germanCustomers);
  const lines: ShopOrder['lines'][number][] = [];
  for (let line = 0; line <= chance.below(3); line += 1) {
    const product = chance.pick(products);
    if (lines.some(({ name }) => name === product.name)) continue;
    lines.push({ ...product, quantity: 1 + (chance.next() < 0.3 ? chance.below(3) : 0) });
  }
  const order: ShopOrder = {
    number: (firstOrder + index).toString(),
    customer: who.name,
    address: who.address,
    city: who.city,
    lines,
    payment: chance.pick(payments),
    remark: chance.next() < 0.2 ? chance.pick(remarks) : '',
  };
  return {
    subject: `Neue Bestellung ${order.number} (${who.name})`,
    // Numbers rise with time.
    daysAgo: daysBack * (1 - index / orders) - 0.2 * chance.next() + 0.25,
    language: 'de',
    expert: 'clara',
    mails: [{ from: shop, to: ['info'], text: orderText(order), headers: [['Reply-To', who.address]] }],
  };
}

/** `{a|b}`: one of them; `$word`: what the slots say. */
export function expand(text: string, slots: Readonly<Record<string, string>>, chance: Chance): string {
  return text
    .replace(/\{([^{}]*)\}/g, (_whole, choices: string) => chance.pick(choices.split('|')))
    .replace(/\$(\w+)/g, (whole, name: string) => slots[name] ?? whole)
    .replace(/ +\n/g, '\n')
    .replace(/ {2,}/g, ' ')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
