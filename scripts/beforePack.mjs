// electron-builder calls this before it packs: what goes in is built from the sources as they are, with the list of what is in it of others.
import { build } from './build.mjs';
import { writeThirdParty } from './thirdParty.mjs';

export default async function beforePack() {
  await build();
  writeThirdParty();
}
