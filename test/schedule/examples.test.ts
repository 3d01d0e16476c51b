/** What examples/schedules shows, and the page that explains it, work as they stand. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type JsonObject, objectAt } from '../../src/kubernetes/json.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import { readManifests } from '../../src/kubernetes/yaml/read.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { readSchedule } from '../../src/schedule/read.ts';
import { intervals, stateAt } from '../../src/schedule/state.ts';
import { aService, verdictOf } from '../policy/builders.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = 'examples/schedules';
const { policies } = await loadPolicies(path.join(root, 'policies'));
const prod = policies.get('prod');
if (prod === undefined) throw new Error('no policy prod');

function documents(text: string): JsonObject[] {
  const { documents: found, errors } = readManifests(text, 'example.yaml');
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return found.map(({ object }) => object);
}

const files = readdirSync(path.join(root, folder));
const examples = files.flatMap((file) => {
  const all = documents(readFileSync(path.join(root, folder, file), 'utf8'));
  return all.map((object) => ({ name: `${file}: ${nameOf(object)}`, object, all }));
});

function example(name: string): JsonObject {
  const found = examples.find(({ object }) => nameOf(object) === name)?.object;
  if (found === undefined) throw new Error(`no example ${name}`);
  return found;
}

function windowsOf(name: string, from: string, to: string): string[] {
  const { schedule } = readSchedule(example(name));
  if (schedule === undefined) throw new Error(`${name} cannot be read`);
  return intervals(schedule, new Date(from), new Date(to)).map(
    ({ from: begin, state }) => `${begin.toISOString().slice(5, 16)} ${state.window ?? state.cause}`,
  );
}

describe('the examples', () => {
  it.each(examples)('$name breaks no rule', ({ object, all }) => {
    const target = aService({ name: 'api-service', namespace: 'shop-prod', metadata: { labels: { tier: 'web' } } });
    const beside = [target, ...all.filter((other) => other !== object)];
    const { findings } = verdictOf(catalogue, object, prod, { beside });
    expect(findings.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
  });

  it('are the schedule that the page begins with', () => {
    const page = readFileSync(path.join(root, 'docs/schedules.md'), 'utf8');
    const [object] = documents(/```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
    expect(object).toEqual(example('business-hours'));
    expect(Object.keys(objectAt(object, 'spec') ?? {})).toContain('default');
  });

  it('hold what their comments say', () => {
    expect(windowsOf('shop-hours', '2026-12-06T00:00Z', '2026-12-08T23:00Z')).toEqual([
      '12-06T00:00 default',
      '12-06T10:00 sunday',
      '12-06T19:00 default',
      '12-07T08:00 day',
      '12-07T17:15 evening',
      '12-07T22:00 default',
      '12-08T10:00 holiday',
      '12-08T19:00 default',
    ]);
    expect(windowsOf('sale', '2026-11-26T00:00Z', '2026-12-02T00:00Z')).toEqual([
      '11-26T00:00 author',
      '11-26T23:30 black-friday',
      '11-28T00:00 author',
      '11-30T00:00 ended',
    ]);
    const { schedule } = readSchedule(example('business-hours'));
    expect(schedule && stateAt(schedule, new Date('2026-11-23T10:00Z')).scale).toEqual({ minScale: 10 });
  });
});
