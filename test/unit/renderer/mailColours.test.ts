import { describe, expect, test } from 'vitest';
import {
  attributeColour,
  declaresColours,
  turnColours,
  withoutColours,
} from '#renderer/mail-frame/colours.ts';

describe('a mail brings colours of its own', () => {
  test.each([
    'color:rgb(200, 30, 30)',
    'background-color:rgb(0, 0, 0)',
    'background-color:rgb(238, 255, 238)',
    'font-size:12px;color:red',
    'background-image:linear-gradient(rgb(1, 2, 3), rgb(4, 5, 6))',
    'color:rgb(170, 170, 170)',
  ])('by %s', (style) => {
    expect(declaresColours(style, false)).toBe(true);
  });
  test.each([
    '',
    'color:black',
    'color:rgb(34, 34, 34)',
    'background-color:rgb(255, 255, 255)',
    'background-color:transparent',
    'color:inherit',
    'color:windowtext',
    'background-image:none',
    'border-left-color:red',
    'background-color:rgba(0, 0, 0, 0)',
  ])('not by %s', (style) => {
    expect(declaresColours(style, false)).toBe(false);
  });
});

test('colours are taken out, and nothing else', () => {
  expect(withoutColours('color:black;font-weight:700;background-color:rgb(255, 255, 255)')).toBe(
    ';font-weight:700;',
  );
  expect(withoutColours('p{color:black}\nb{border-left-color:red;font-size:2px}')).toBe(
    'p{}\nb{border-left-color:red;font-size:2px}',
  );
});

test('colours are turned where they stand, names of no colour stay', () => {
  expect(turnColours('color:rgb(0, 0, 0);width:10px')).toMatch(
    /^color:oklch\(from rgb\(0, 0, 0\) .*\);width:10px$/,
  );
  expect(turnColours('p{background-color:white!important}')).toMatch(
    /^p\{background-color:oklch\(from white .*\)!important\}$/,
  );
  expect(turnColours('color:inherit;border-left-color:red')).toMatch(
    /^color:inherit;border-left-color:oklch\(from red /,
  );
  expect(turnColours('background-image:url("data:image/png;base64,red")')).toBe(
    'background-image:url("data:image/png;base64,red")',
  );
  expect(turnColours('background-image:linear-gradient(rgb(1, 2, 3), white)').match(/oklch/g)).toHaveLength(
    2,
  );
});

test.each([
  ['ffffff', '#ffffff'],
  ['#abc', '#abc'],
  ['red', 'red'],
  ['url(x)', null],
  ['1px', null],
  ['', null],
])('the attribute %j is the colour %j', (value, colour) => {
  expect(attributeColour(value)).toBe(colour);
});
