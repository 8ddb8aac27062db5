/** Mails whose HTML is there to break what reads it (H16 of the threats' table), with a name each. */
export const monsters: readonly (readonly [name: string, html: string])[] = [
  ['a depth of 30,000', `${'<div>'.repeat(30_000)}deep${'</div>'.repeat(30_000)}`],
  [
    '30,000 attributes',
    `<p ${Array.from({ length: 30_000 }, (_, at) => `a${at}="${at}"`).join(' ')}>wide</p>`,
  ],
  ['1,500 nested tables', `${'<table><tr><td>'.repeat(1_500)}deep`],
  [
    '5 MB',
    `<p>begin</p>${'<p>A paragraph of an endless mail with <b>some</b> <i>markup</i> in it.</p>'.repeat(68_000)}`,
  ],
  ['5 MB in one text', `<p>${'x '.repeat(2_500_000)}</p>`],
  ['20,000 links', '<a href="https://a.example/x">link</a> '.repeat(20_000)],
];
