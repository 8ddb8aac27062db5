import { expect, it } from 'vitest';
import { HealthRecord, initialHealth, nextHealth, publicHealth } from '#engine/accounts/health.ts';

const start = initialHealth(true, 0);
const seen = (health: HealthRecord, facts: object): HealthRecord =>
  nextHealth(health, { type: 'measured', facts }, 1000, 0);

it('what is seen of a server is kept piece by piece, over failures and over restarts', () => {
  let health = seen(start, { loginMs: 80, certificateUntil: 5000 });
  health = seen(health, { listMs: 12 });
  const error = { code: 'connection-refused', params: {} };
  health = nextHealth(health, { type: 'failed', error, retry: 'later' }, 2000, 0);
  health = HealthRecord.parse(JSON.parse(JSON.stringify(health)));
  expect(publicHealth(health)).toMatchObject({
    state: 'retrying',
    server: { loginMs: 80, listMs: 12, certificateUntil: 5000, tokenUntil: null },
  });
});

it('the same once more is no change, and a record of an earlier version is read', () => {
  const health = seen(start, { tokenUntil: 7 });
  expect(seen(health, { tokenUntil: 7 })).toBe(health);
  expect(publicHealth(HealthRecord.parse(JSON.parse(JSON.stringify(start))))).not.toHaveProperty('server');
});
