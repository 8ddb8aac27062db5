/** A process that makes one pass over a profile, for a test to kill: node syncingProcess.ts PROFILE PORT USER PASSWORD */
import { SyncFixture } from './syncFixture.ts';

const [profile = '', port = '', user = '', password = ''] = process.argv.slice(2);
await using fixture = new SyncFixture({ port: Number(port), user, password, profile });
fixture.keep();
await fixture.pass();
