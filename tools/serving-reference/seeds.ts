/** Services as people write them, out of guides for Knative: those that its webhook takes, but for the class HPA. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../../src/kubernetes/json.ts';

export function seedServices(): readonly JsonObject[] {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, 'testdata', 'services.json'), 'utf8'));
}
