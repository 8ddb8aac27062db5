// electron-builder calls this before it packs: what goes in is built from the sources as they are, with the list of what is in it of others.
import { build } from './build.mjs';
import { writeThirdParty } from './thirdParty.mjs';

/** Where newer versions come from decides what runs on every desk: nobody on the way may put another in its place. */
function assertUpdateAddress(address = '') {
  const url = URL.parse(address);
  if (url?.protocol === 'https:') return;
  throw new Error(`POSTKORB_UPDATE_URL has to be an https: address, and is ${JSON.stringify(address)}`);
}

export default async function beforePack() {
  assertUpdateAddress(process.env.POSTKORB_UPDATE_URL);
  await build();
  writeThirdParty();
}
