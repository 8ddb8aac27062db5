import { describe, expect, it } from 'vitest';
import { readConfigFile, writeConfigFile, type Anchor, type ConfigFile } from '#engine/groups/configFile.ts';
import {
  generateSigningKey,
  openEnvelope,
  sealEnvelope,
  SignatureChecker,
  type SigningKey,
} from '#engine/groups/dsse.ts';
import { fingerprintOf } from '#engine/groups/fingerprint.ts';
import { addUser, confirmKey, editUser, newOrganisation } from '#shared/domain/group/configEdits.ts';
import { configPayloadType, UserId, type SharedConfig } from '#shared/domain/group/config.ts';

const checker = new SignatureChecker();
const anna = generateSigningKey().key;
const ben = generateSigningKey().key;
const mallory = generateSigningKey().key;
const now = Date.parse('2026-01-05T09:00:00Z');

const first = newOrganisation('XYZ', { name: 'Anna', address: 'anna@xyz.test', key: anna.publicKey }, now);
const next = (
  config: SharedConfig,
  change: (config: SharedConfig) => SharedConfig = (same) => same,
): SharedConfig => ({
  ...change(config),
  revision: config.revision + 1,
});
const withBen = (config: SharedConfig): SharedConfig =>
  confirmKey(
    addUser(config, { address: 'ben@xyz.test', name: 'Ben', admin: true }).config,
    UserId.parse('ben'),
    ben.publicKey,
  );

const write = (config: SharedConfig, previous: ConfigFile | null, key: SigningKey): ConfigFile =>
  writeConfigFile(config, previous, key, checker);
const held = ({ config, digest }: ConfigFile): Anchor => ({ kind: 'held', config, digest });
const pinned = (key: SigningKey): Anchor => ({
  kind: 'fingerprint',
  fingerprint: fingerprintOf(key.publicKey),
});
const read = (text: string, anchor: Anchor): ConfigFile => readConfigFile(text, anchor, checker);
function codeOf(text: string, anchor: Anchor): string {
  try {
    read(text, anchor);
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** 1 Anna · 2 Anna adds Ben · 3 Ben publishes · 4 Ben removes Anna · 5 Ben */
const r1 = write(first, null, anna);
const r2 = write(next(r1.config, withBen), r1, anna);
const r3 = write(next(r2.config), r2, ben);
const r4 = write(
  next(r3.config, (config) => editUser(config, 'anna', { admin: false })),
  r3,
  ben,
);
const r5 = write(next(r4.config), r4, ben);

describe('who is believed (G01, G03)', () => {
  it('a revision that an administrator of the held one signed', () => {
    expect(read(r2.text, held(r1)).config).toEqual(r2.config);
    expect(read(r3.text, held(r2)).signer).toBe(ben.publicKey);
  });

  it('on joining, one by the key of the link, and one that follows from it by the signed changes', () => {
    expect(read(r1.text, pinned(anna)).config.revision).toBe(1);
    expect(read(r5.text, pinned(anna)).config.revision).toBe(5);
    // The link was made by Ben, and Anna published afterwards.
    const later = write(next(r3.config), r3, anna);
    expect(read(later.text, pinned(ben)).config.revision).toBe(4);
    expect(codeOf(r1.text, pinned(mallory))).toBe('fingerprint-mismatch');
  });

  it('a client that was away over every change of keys follows them', () => {
    expect(read(r5.text, held(r1)).config.revision).toBe(5);
  });

  it('nobody else: a stranger, and an administrator who is none any more', () => {
    expect(codeOf(write(next(r1.config), r1, mallory).text, held(r1))).toBe('config-unknown-signer');
    expect(codeOf(write(next(r5.config), r5, anna).text, held(r5))).toBe('config-unknown-signer');
  });

  it('a stranger’s statement that he is administrator is worth nothing', () => {
    const coup = {
      ...r1.config,
      admins: [{ user: UserId.parse('anna'), key: mallory.publicKey }],
      revision: 2,
    };
    const forged = write(coup, r1, mallory);
    expect(codeOf(write(next(forged.config), forged, mallory).text, held(r1))).toBe('config-unknown-signer');
    expect(codeOf(write(next(forged.config), forged, mallory).text, pinned(anna))).toBe(
      'fingerprint-mismatch',
    );
  });

  it('without the statements nobody is believed who was not known', () => {
    const { adminChanges: _, ...bare } = JSON.parse(r5.text) as Record<string, unknown>;
    expect(codeOf(JSON.stringify(bare), held(r1))).toBe('config-unknown-signer');
    expect(read(JSON.stringify(bare), held(r4)).config.revision).toBe(5);
  });

  it('statements stay few: none for a revision without a change by somebody who has spoken', () => {
    const count = (file: ConfigFile): number =>
      (JSON.parse(file.text) as { adminChanges: unknown[] }).adminChanges.length;
    expect([r1, r2, r3, r4, r5].map(count)).toEqual([1, 2, 3, 4, 4]);
  });
});

describe('which revision (G02)', () => {
  it('the held one again is no news, an older one is refused', () => {
    expect(read(r2.text, held(r2)).digest).toBe(r2.digest);
    expect(codeOf(r1.text, held(r2))).toBe('config-rollback');
  });

  it('another one of the same number is a fork, with both prints', () => {
    const other = write({ ...next(r1.config, withBen), issuedAt: '2026-02-01T00:00:00Z' }, r1, anna);
    expect(() => read(other.text, held(r2))).toThrow(
      expect.objectContaining({
        code: 'config-fork',
        params: { revision: 2, known: r2.digest.slice(0, 16), other: other.digest.slice(0, 16) },
      }),
    );
  });

  it('another organisation’s is not taken for ours, though the same administrator signed it', () => {
    const other = newOrganisation(
      'Other',
      { name: 'Anna', address: 'anna@xyz.test', key: anna.publicKey },
      now,
    );
    expect(codeOf(write({ ...other, revision: 9 }, null, anna).text, held(r1))).toBe('other-organisation');
  });
});

describe('what is no config', () => {
  const payload = (text: string): string => JSON.stringify(sealEnvelope(configPayloadType, text, [anna]));

  it.each([
    ['a login page', '<!doctype html><title>Sign in</title>', 'config-not-json'],
    ['a bare config', JSON.stringify(first), 'config-unsigned'],
    ['no signature', JSON.stringify({ ...JSON.parse(r1.text), signatures: [] }), 'config-unsigned'],
    [
      'an event’s envelope',
      JSON.stringify(sealEnvelope('application/vnd.postkorb.event+json', '{}', [anna])),
      'config-unsigned',
    ],
    ['a key that stands twice', payload('{"format":1,"format":1}'), 'config-invalid'],
    ['no config inside', payload('[]'), 'config-invalid'],
    ['an unknown format', payload('{"format":7}'), 'config-invalid'],
    [
      'five megabytes and more',
      JSON.stringify({ ...JSON.parse(r1.text), more: 'x'.repeat(6_000_000) }),
      'config-too-large',
    ],
  ])('%s is refused', (_what, text, code) => {
    expect(codeOf(text, held(r1))).toBe(code);
  });

  it('any byte of payload or signature that is another makes it worthless', () => {
    const { payload: bytes, signatures } = JSON.parse(r2.text) as {
      payload: string;
      signatures: { keyid: string; sig: string }[];
    };
    const flip = (text: string, at: number): string =>
      text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
    const [signature] = signatures;
    for (let at = 0; at < bytes.length; at += 7) {
      expect(codeOf(JSON.stringify({ ...JSON.parse(r2.text), payload: flip(bytes, at) }), held(r1))).toMatch(
        /^config-/,
      );
    }
    for (const field of ['keyid', 'sig'] as const) {
      for (let at = 0; at < (signature?.[field].length ?? 0) - 2; at += 1) {
        const changed = { ...signature, [field]: flip(signature?.[field] ?? '', at) };
        expect(codeOf(JSON.stringify({ ...JSON.parse(r2.text), signatures: [changed] }), held(r1))).toBe(
          'config-unsigned',
        );
      }
    }
  });

  it('one that breaks rules is neither written nor read, and every fault is named', () => {
    const broken = { ...next(r1.config), admins: [{ user: UserId.parse('nobody'), key: anna.publicKey }] };
    expect(() => write(broken, r1, anna)).toThrow(expect.objectContaining({ code: 'config-invalid' }));
    const signed = JSON.stringify(sealEnvelope(configPayloadType, JSON.stringify(broken), [anna]));
    expect(() => read(signed, held(r1))).toThrow(
      expect.objectContaining({
        faults: [expect.objectContaining({ path: 'admins[0].user', code: 'unknown-user' })],
      }),
    );
  });
});

it('a config that a script wrote and signed in its own layout is read as well', () => {
  const text = JSON.stringify(
    sealEnvelope(configPayloadType, JSON.stringify(next(r1.config), null, 4), [anna]),
  );
  expect(read(text, held(r1)).config.revision).toBe(2);
  expect(openEnvelope(text, configPayloadType).ok).toBe(true);
});
