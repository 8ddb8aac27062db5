/** Letters with partners abroad, in English. */
import type { Correspondent, ScriptedThread } from '../script.ts';

const brass: Correspondent = { name: 'Giulia Ferrari', address: 'g.ferrari@ottoneria-ferrari.example' };
const dealer: Correspondent = { name: 'Oliver Grant', address: 'oliver@northlight-interiors.example' };
const designer: Correspondent = { name: 'Signe Holm', address: 'signe@studioholm.example' };
const hotel: Correspondent = { name: 'Aoife Brennan', address: 'a.brennan@harbourhouse.example' };
const forwarder: Correspondent = { name: 'Baltic Freight, Operations', address: 'ops@balticfreight.example' };
const lab: Correspondent = { name: 'Marek Nowak', address: 'm.nowak@safelight-lab.example' };

export const englishPartnerThreads: readonly ScriptedThread[] = [
  {
    subject: 'Brass fittings, order LW-118',
    daysAgo: 16,
    language: 'en',
    mails: [
      {
        from: 'clara',
        to: [brass],
        text: `Dear Giulia,

we would like to order 150 E27 sockets in brushed brass and 40 ceiling cups, same specification as last time. Could you let me know the current lead time?

Kind regards
Clara Conrad`,
      },
      {
        from: brass,
        after: 6,
        text: `Dear Clara,

thank you for the order. The sockets are on the shelf and can leave on Friday. The ceiling cups need three weeks because we are waiting for tubes.

Shall I send everything together or in two parcels?

Best regards from Brescia
Giulia`,
      },
      {
        from: 'clara',
        after: 16,
        text: `Two parcels, please. The workshop is nearly out of sockets.\n\nClara`,
      },
      {
        from: brass,
        after: 50,
        text: `The first parcel left today, tracking number in the attached note. The invoice follows by separate mail.

Giulia`,
        attachments: [
          {
            kind: 'text',
            filename: 'shipment-LW-118.txt',
            contentType: 'text/plain',
            text: 'Shipment LW-118/1\r\n150 x E27 socket, brushed brass\r\n2 cartons, 31 kg\r\nTracking: BS 4471 0932 88\r\n',
          },
        ],
      },
    ],
  },
  {
    subject: 'Autumn range for our London showroom',
    daysAgo: 10,
    language: 'en',
    mails: [
      {
        from: dealer,
        to: ['ben'],
        flagged: true,
        text: `Hi Ben,

hope you are well. We are re-doing the window in Marylebone in three weeks and would love to put the Kattegat in the centre, ideally two in smoke and one in clear glass. Could you lend us three pieces until the end of November? We would buy whatever is left standing, of course.

Also: have you thought about the UK plug question for the Skagen table lamp? We still have to change every single one by hand.

All the best
Oliver`,
      },
      {
        from: 'ben',
        after: 5,
        text: `Hi Oliver,

three on loan is fine. I can send two in smoke and one clear next Monday, insured, and I will put a spare shade in because I know your window.

For the Skagen we can fit UK plugs here from an order of ten on, at no extra cost. Would that work?

Best
Ben`,
      },
      {
        from: dealer,
        after: 17,
        text: `Ten is easy, we sell about that many a month. Let me send you a proper order this week.

Thank you for the spare shade. You know us too well.

Oliver`,
      },
      { from: 'ben', after: 3, text: `Perfect. They leave on Monday, tracking to follow.` },
    ],
  },
  {
    subject: 'Sketches for a floor lamp',
    daysAgo: 7.5,
    language: 'en',
    mails: [
      {
        from: designer,
        to: ['ben', 'anna'],
        text: `Dear Anna, dear Ben,

as promised on the phone, here are two sketches. The first one leans, with the weight hidden in the foot. The second one is quieter and, I think, closer to what you do.

Both can be made from the tube you already use for Mole 3. I would love to hear what your workshop says about the joint.

Warmly
Signe`,
        attachments: [
          { kind: 'picture', filename: 'sketch-leaning.png', seed: 41 },
          { kind: 'picture', filename: 'sketch-quiet.png', seed: 42 },
        ],
      },
      {
        from: 'ben',
        after: 8,
        text: `Dear Signe,

the quiet one, without a doubt. The joint is possible if the tube is 18 mm instead of 16; then the cable fits beside the thread. I will build a rough model next week and send you photos.

Ben`,
      },
      {
        from: 'anna',
        after: 1,
        text: `I agree with Ben. And customers keep asking for a floor lamp, so please do not stop drawing.\n\nAnna`,
      },
      { from: designer, after: 13, text: `18 mm is fine with me. I cannot wait to see the model!\n\nSigne` },
    ],
  },
  {
    subject: 'Replacement shades for Harbour House',
    daysAgo: 3.4,
    language: 'en',
    mails: [
      {
        from: hotel,
        to: ['anna'],
        text: `Dear Anna,

two of the Sund shades in our breakfast room have been broken by enthusiastic guests. Could you send us two large ones in clear glass, and a quote for three spares?

Kind regards from Galway
Aoife Brennan`,
      },
      {
        from: 'anna',
        after: 4,
        text: `Dear Aoife,

I am sorry about the shades and glad about the guests. Two large clear ones leave tomorrow. Three spares would be 89 EUR each without the fitting; shipping is free if you take all five at once.

Kind regards
Anna`,
      },
      {
        from: hotel,
        after: 14,
        text: `All five then, please. Same billing address as before.\n\nThank you!\nAoife`,
      },
    ],
  },
  {
    subject: 'Pick-up times next week',
    daysAgo: 1.1,
    language: 'en',
    mails: [
      {
        from: forwarder,
        to: ['clara'],
        cc: ['ben'],
        text: `Dear customer,

due to works at the ferry terminal our pick-up in your area moves to Tuesday and Friday, 7:30 to 9:00, for the whole of next week. Please have consignments ready and labelled.

Baltic Freight Operations`,
      },
    ],
  },
  {
    subject: 'Test report Skagen, type label',
    daysAgo: 21,
    folder: 'Archive',
    language: 'en',
    mails: [
      {
        from: lab,
        to: ['ben'],
        text: `Dear Mr Becker,

the Skagen table lamp passed all tests. One remark: the type label must show the maximum wattage on the shade as well as on the base. Please send a photo of the corrected label and we will close the file.

Best regards
Marek Nowak`,
      },
      {
        from: 'ben',
        after: 27,
        text: `Dear Mr Nowak,

here is the new label. It is in production since yesterday.

Best regards
Ben Becker`,
        attachments: [{ kind: 'picture', filename: 'type-label.png', seed: 51 }],
      },
      {
        from: lab,
        after: 19,
        text: `Thank you, the file is closed. The certificate is on its way by post.\n\nMarek Nowak`,
      },
    ],
  },
  {
    subject: 'Visit on Thursday?',
    daysAgo: 0.6,
    language: 'en',
    mails: [
      {
        from: dealer,
        to: ['ben'],
        text: `Hi Ben,

I will be in Hamburg on Wednesday and could take the train up to Kiel on Thursday. Would you have an hour around noon? I would like to see how the smoke glass is blown, if that is possible at all.

Oliver`,
      },
    ],
  },
];
