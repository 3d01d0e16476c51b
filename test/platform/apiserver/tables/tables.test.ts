/** Tables beside those of a real kube-apiserver: tools/resources-reference/record.ts. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { arrayAt, isObject, type JsonObject, type JsonValue } from '../../../../src/kubernetes/json.ts';
import { builtinResources } from '../../../../src/platform/apiserver/resources/builtin.ts';
import { customResources } from '../../../../src/platform/apiserver/resources/custom/resources.ts';
import { DESCRIPTIONS } from '../../../../src/platform/apiserver/tables/descriptions.generated.ts';
import { tableOf } from '../../../../src/platform/apiserver/tables/table.ts';
import { WIDGETS } from '../http/widgets.ts';

const NOW = new Date('2026-11-21T20:00:00Z');
const recorded: JsonValue = JSON.parse(readFileSync('test/platform/apiserver/tables/testdata/tables.json', 'utf8'));
const tables = arrayAt({ recorded }, 'recorded').filter(isObject);
const resources = builtinResources();

describe('kubectl get', () => {
  it.each(tables.map((table) => [String(table.resource), table] as const))('%s', (storedAs, table) => {
    const rows = arrayAt(table, 'rows').filter(isObject);
    const objects = rows.map(({ object }) => (isObject(object) ? object : {}));
    const made = tableOf(resourceOf(storedAs), objects, NOW);

    const columns = made.columnDefinitions.map(({ name, type, format, priority }) => ({
      name,
      type,
      format,
      priority,
    }));
    expect(columns).toEqual(table.columns);
    // without their texts, which stand beside the code and are told by the place of a column
    expect(DESCRIPTIONS[storedAs]).toHaveLength(columns.length);
    expect(made.columnDefinitions.map(({ description }) => description)).toEqual(DESCRIPTIONS[storedAs]);
    const ages = columns.map(({ name }) => /Age|Seen|Created At/.test(String(name)));
    const cells = (made.rows ?? []).map((row) => row.cells.map((cell, index) => (ages[index] === true ? null : cell)));
    expect(cells).toEqual(rows.map((row) => row.cells));
  });
});

it('the columns of every kind are described', () => {
  const listed = resources.filter(({ verbs }) => verbs.includes('list')).map(({ storedAs }) => storedAs);
  expect(Object.keys(DESCRIPTIONS).sort()).toEqual([...new Set(listed)].sort());
});

it.each([
  ['configmaps', []],
  ['limitranges', null],
])('none of %s are the rows %j', (storedAs, rows) => {
  expect(tableOf(resourceOf(storedAs), [], NOW).rows).toEqual(rows);
});

describe('pods', () => {
  it.each`
    status                                                                                     | ready    | reason                     | restarts
    ${{ phase: 'Pending' }}                                                                    | ${'0/2'} | ${'Pending'}               | ${'0'}
    ${{ phase: 'Pending', conditions: [{ type: 'PodScheduled', reason: 'SchedulingGated' }] }} | ${'0/2'} | ${'SchedulingGated'}       | ${'0'}
    ${{ phase: 'Pending', containerStatuses: [waiting('ImagePullBackOff')] }}                  | ${'0/2'} | ${'ImagePullBackOff'}      | ${'0'}
    ${{ phase: 'Running', containerStatuses: [running(), running()] }}                         | ${'2/2'} | ${'Running'}               | ${'0'}
    ${{ phase: 'Running', containerStatuses: [running(3), running()] }}                        | ${'1/2'} | ${'Running'}               | ${'3 (5m ago)'}
    ${{ phase: 'Failed', containerStatuses: [ended('', 2)] }}                                  | ${'0/2'} | ${'ExitCode:2'}            | ${'0'}
    ${{ phase: 'Succeeded', containerStatuses: [ended('Completed', 0), running()] }}           | ${'1/2'} | ${'NotReady'}              | ${'0'}
    ${{ phase: 'Pending', initContainerStatuses: [waiting('CrashLoopBackOff')] }}              | ${'0/2'} | ${'Init:CrashLoopBackOff'} | ${'0'}
    ${{ phase: 'Pending', initContainerStatuses: [waiting('PodInitializing')] }}               | ${'0/2'} | ${'Init:0/1'}              | ${'0'}
    ${{ phase: 'Failed', initContainerStatuses: [ended('', 1)] }}                              | ${'0/2'} | ${'Init:ExitCode:1'}       | ${'0'}
  `('$status is $reason', ({ status, ready, reason, restarts }) => {
    const containers = [{ name: 'a' }, { name: 'b' }];
    const pod = { metadata: { name: 'web' }, spec: { containers, initContainers: [{ name: 'i' }] }, status };
    expect(cellsOf('pods', pod).slice(1, 4)).toEqual([ready, reason, restarts]);
  });

  it('say that they end, and that they have ended', () => {
    const metadata = { name: 'web', deletionTimestamp: '2026-11-21T19:59:00Z' };
    expect(cellsOf('pods', { metadata, status: { phase: 'Running' } })[2]).toBe('Terminating');
    const [row] = tableOf(resourceOf('pods'), [{ status: { phase: 'Succeeded' } }], NOW).rows ?? [];
    expect(row?.conditions).toEqual([
      { type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' },
    ]);
  });
});

describe('custom resources', () => {
  const [widgets] = customResources(WIDGETS);
  if (widgets === undefined) throw new Error('widgets are not served');

  it('have the columns of their definition', () => {
    const { columnDefinitions, rows } = tableOf(
      widgets,
      [
        {
          metadata: { name: 'w1' },
          spec: { replicas: 2, color: 'red', since: '2026-11-20T00:00:00Z' },
          status: { conditions: [{ type: 'Other' }, { type: 'Ready', status: 'True' }] },
        },
        { metadata: { name: 'w2' }, spec: { replicas: 'two', since: 'never' } },
      ],
      NOW,
    );
    expect(columnDefinitions.map(({ name, type, priority }) => [name, type, priority])).toEqual([
      ['Name', 'string', 0],
      ['Replicas', 'integer', 0],
      ['Color', 'string', 1],
      ['Ready', 'string', 0],
      ['Since', 'date', 0],
    ]);
    expect(rows?.map(({ cells }) => cells)).toEqual([
      ['w1', 2, 'red', 'True', '44h'],
      ['w2', null, null, null, '<invalid>'],
    ]);
  });

  it('have their age where the definition names no columns', () => {
    const { columnDefinitions, rows } = tableOf(
      { ...widgets, columns: [] },
      [{ metadata: { name: 'w', creationTimestamp: '2026-11-21T19:58:30Z' } }],
      NOW,
    );
    expect(columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Age']);
    expect(columnDefinitions[1]?.description).toMatch(/^CreationTimestamp is /);
    expect(rows?.[0]?.cells).toEqual(['w', '90s']);
  });
});

it.each([...resources.filter(({ verbs }) => verbs.includes('list')).map(({ storedAs }) => storedAs)])(
  '%s of any shape is printed',
  (storedAs) => {
    for (const odd of [
      {},
      { metadata: null, spec: [], status: 'x' },
      { spec: { template: 1, rules: [1, null, 'x'] } },
    ]) {
      const { columnDefinitions, rows } = tableOf(resourceOf(storedAs), [odd], NOW);
      expect(rows?.[0]?.cells).toHaveLength(columnDefinitions.length);
    }
  },
);

function cellsOf(storedAs: string, object: JsonObject): readonly JsonValue[] {
  return tableOf(resourceOf(storedAs), [object], NOW).rows?.[0]?.cells ?? [];
}

function resourceOf(storedAs: string) {
  const found = resources.find((resource) => resource.storedAs === storedAs);
  if (found === undefined) throw new Error(`${storedAs} is not served`);
  return found;
}

function waiting(reason: string): JsonObject {
  return { name: 'i', restartCount: 0, state: { waiting: { reason } } };
}

function running(restarts = 0): JsonObject {
  const lastState = restarts === 0 ? {} : { terminated: { finishedAt: '2026-11-21T19:55:00Z' } };
  return { ready: restarts === 0, restartCount: restarts, state: { running: {} }, lastState };
}

function ended(reason: string, exitCode: number): JsonObject {
  return { name: 'i', restartCount: 0, state: { terminated: { reason, exitCode } } };
}
