/** What customers write in English, in the same form as the German ones. */
import type { Case } from './cases.de.ts';

export const englishCases: readonly Case[] = [
  {
    subject: '{Shipping to $city|Do you deliver abroad?|Delivery time and cost}',
    text: `Hello,

I would love to order the $product. {Do you ship to $city, and what does it cost?|How long does delivery to $city take?} {I could not find my country in the list.|It would be a wedding present, so timing matters a little.}

Kind regards
$name`,
    answer: {
      by: 'anna',
      text: `Dear $salutation $last,

yes, we do ship to $city. It takes about five working days and costs 19 EUR, however many lamps you order. The $product is in stock at the moment.`,
    },
    thanks: `Wonderful, I have just ordered. Thank you!

$name`,
  },
  {
    subject: '{Broken on arrival|Damaged shade, order $order|Glass cracked}',
    text: `Hello,

my order $order arrived {today|yesterday}, but the shade of the $product has {a long crack|come in pieces}. {The box looked fine from outside.|The box had clearly been dropped.} I attach a picture.

What happens next?

$name, $city`,
    answer: {
      by: 'anna',
      text: `Dear $salutation $last,

I am very sorry. A new shade leaves today, free of charge of course, and you need not send the broken one back. Please keep the fitting, it is fine.`,
    },
    picture: true,
    thanks: `The new one is here and looks perfect. Great service.

$name`,
  },
  {
    subject: '{Which plug?|UK plug for Skagen|Voltage question}',
    text: `Hi there,

does the Skagen come with a {UK|Swiss|type G} plug, or would I need an adapter? {And is it safe to change the plug myself?|I would rather not use an adapter in a hotel room.}

Thanks
$name`,
    answer: {
      by: 'ben',
      text: `Dear $salutation $last,

we fit the plug you need before we ship, just add a note to your order. The lamp itself runs on 220 to 240 volts.`,
    },
  },
  {
    subject: '{Return|I would like to send it back|Order $order: return}',
    text: `Hello,

the $product is beautiful but {too big for our hallway|not quite the colour we hoped for}. I would like to return it. {It has not been used.|We only unpacked it.} How do I do that from $city?

Kind regards
$name`,
    answer: {
      by: 'clara',
      text: `Dear $salutation $last,

no problem at all. I will send you a return label by separate mail. Once the parcel is here we refund the full price within two days.`,
    },
  },
  {
    subject: '{Where is my parcel?|Order $order|Tracking has not moved}',
    text: `Dear team,

I ordered the $product {two|three} weeks ago (order $order) and the tracking {has not changed since|says "in transit" since} {Monday|last week}. Could you have a look, please?

$name`,
    answer: {
      by: 'clara',
      text: `Dear $salutation $last,

the carrier tells me that the parcel was held at customs and was released this morning. It should reach you on Thursday or Friday. If it does not, please write to me directly.`,
    },
    thanks: `It arrived this morning, thank you for chasing it.

$name`,
  },
  {
    subject: '{Trade prices|Stocking your lamps|Wholesale enquiry}',
    text: `Hello,

I run a {small interior shop|design store} in $city and several customers have asked for your lamps. {Do you work with dealers abroad?|Could you send me your trade price list?} I would start with the $product and see how it goes.

Best wishes
$name`,
    answer: {
      by: 'ben',
      text: `Dear $salutation $last,

we would be glad to work with you. Dealers get 35 percent from an order of 1,500 EUR on. I am sending you the price list and two sample cards of colours by post.`,
    },
  },
  {
    subject: '{Invoice without VAT|VAT number|Wrong billing address}',
    text: `Dear Sir or Madam,

{we are a company in $city. Could we get the invoice for $order without VAT?|the invoice for $order shows my private address. Could you change it to our company's?}

Thank you
$name`,
    answer: {
      by: 'clara',
      text: `Dear $salutation $last,

certainly. Please send me your VAT number and the exact name of the company, and you will have the corrected invoice the same day.`,
    },
  },
  {
    subject: '{Just wanted to say|Thank you|What a lamp}',
    text: `Hello from $city,

the $product {has been up for a week|arrived on Friday} and it has changed the whole room. {My partner, who was against it, now switches it on first thing in the morning.|Everybody who comes in asks about it.}

Thank you!
$name`,
    answer: {
      by: 'anna',
      text: `Dear $salutation $last,

you have made our day. I have read your mail out loud in the workshop. Enjoy the light!`,
    },
  },
  {
    subject: '{Custom colour|Could you make it in green?|Special request}',
    text: `Hi,

would it be possible to have the $product in {a dark green|the same blue as the old ones|plain brass}? We would need {four|six} for a {restaurant|reading room}. {No hurry, we open in spring.|How long would it take?}

$name`,
    answer: {
      by: 'ben',
      text: `Dear $salutation $last,

yes, we can. A custom colour is 60 EUR once plus ten percent for each lamp, and takes about five weeks. If you send me a sample or a RAL number, I will mix a card for you.`,
    },
    thanks: `That sounds fair. A sample is in the post.

$name`,
  },
  {
    subject: '{Complaint|Not happy|Poor packaging}',
    text: `To whom it may concern,

{I wrote to you ten days ago and have not heard back.|this is the second time that the shade arrives broken.} The $product ({order $order|my order $order}) {has a scratch right where you see it|was packed in far too little paper}. I expect better for this price.

Please tell me what you intend to do.

$name, $city`,
    answer: {
      by: 'anna',
      text: `Dear $salutation $last,

you are right to be annoyed and I apologise. A new lamp is being packed right now, by hand and with twice the paper. The courier will take the old one along when he delivers it.`,
    },
  },
  {
    subject: '{Bulb question|Which bulb do you recommend?|Dimmer}',
    text: `Hello,

which bulb should I use with the $product? {The one I have is far too bright.|I would like to dim it.} {Is 8 watts too much?|The shade gets quite warm.}

Thanks in advance
$name`,
    answer: {
      by: 'ben',
      text: `Dear $salutation $last,

I would take an LED of 6 watts and 2700 kelvin; it keeps the shade cool and can be dimmed well. More than 8 watts is not needed in a shade of this size.`,
    },
  },
  {
    subject: '{Spare part|Replacement shade|Lost the ceiling cup}',
    text: `Dear team,

we bought a Sund from you {in 2018|six years ago} and {the shade broke when we moved|lost the ceiling cup}. Do you still have {spare parts|the part}? {It would be a shame to throw it away.|We love that lamp.}

$name`,
    answer: {
      by: 'ben',
      text: `Dear $salutation $last,

we keep parts for every lamp we ever made. A shade is 69 EUR, a ceiling cup 18 EUR, plus shipping. Just tell me where to send it.`,
    },
  },
];
