import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { SharedConfig } from '#shared/domain/group/config.ts';

it('the JSON schema that is handed out is the one that configs are read by', () => {
  const file = new URL('../../../resources/schemas/shared-config.schema.json', import.meta.url);
  const { $id: _, title: __, ...written } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  expect(written).toEqual(
    JSON.parse(JSON.stringify(z.toJSONSchema(SharedConfig, { io: 'input', unrepresentable: 'any' }))),
  );
});
