/** Small pictures for attachments: a lamp before a wall, in colours that the seed decides. PNG, RFC 2083. */
import { crc32, deflateSync } from 'node:zlib';
import { seededChance } from './random.ts';

const width = 320;
const height = 220;

export function picturePng(seed: number): Buffer {
  const chance = seededChance(seed * 7919 + 1);
  const wall = colour(chance.next(), 0.18, 0.55);
  const shade = colour(chance.next(), 0.45, 0.5);
  const lampX = 90 + chance.below(140);
  const shadeTop = 50 + chance.below(30);
  const shadeWidth = 26 + chance.below(24);
  const rows: Buffer[] = [];
  for (let y = 0; y < height; y += 1) {
    const row = Buffer.alloc(1 + width * 3);
    for (let x = 0; x < width; x += 1) {
      const pixel = pixelAt(x, y, { wall, shade, lampX, shadeTop, shadeWidth });
      row.set(pixel, 1 + x * 3);
    }
    rows.push(row);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

type Rgb = readonly [number, number, number];

interface Scene {
  readonly wall: Rgb;
  readonly shade: Rgb;
  readonly lampX: number;
  readonly shadeTop: number;
  readonly shadeWidth: number;
}

function pixelAt(x: number, y: number, { wall, shade, lampX, shadeTop, shadeWidth }: Scene): Rgb {
  const shadeHeight = 44;
  const below = y - shadeTop;
  const away = Math.abs(x - lampX);
  if (y < shadeTop && away < 1.5) return [40, 36, 32];
  if (below >= 0 && below < shadeHeight && away < shadeWidth * (0.35 + (0.65 * below) / shadeHeight))
    return shade;
  // A cone of warm light under the shade, brighter where it is nearer.
  const glow =
    below >= shadeHeight && away < shadeWidth + (below - shadeHeight) * 0.8
      ? Math.max(0, 1 - (below - shadeHeight) / 150)
      : 0;
  const dim = 0.75 - 0.35 * (y / height);
  return [
    Math.min(255, wall[0] * dim + 110 * glow),
    Math.min(255, wall[1] * dim + 92 * glow),
    Math.min(255, wall[2] * dim + 52 * glow),
  ];
}

/** Hue, saturation and lightness (0 to 1) as red, green and blue. */
function colour(hue: number, saturation: number, lightness: number): Rgb {
  const channel = (offset: number): number => {
    const k = (offset + hue * 12) % 12;
    const amount = saturation * Math.min(lightness, 1 - lightness);
    return Math.round(255 * (lightness - amount * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
