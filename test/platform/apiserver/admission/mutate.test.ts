import { beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import {
  type AWebhook,
  aConfigMap,
  allow,
  anAdmission,
  appends,
  asked,
  aWebhook,
  configure,
  entry,
  outcome,
  patch,
  type Respond,
  url,
} from './webhooks.ts';

let hook: AWebhook;

beforeAll(async () => {
  hook = await aWebhook();
});

const IF_NEEDED = { reinvocationPolicy: 'IfNeeded' };

/** Webhooks of configurations by name, each at a path of its own. */
async function with_(configurations: Readonly<Record<string, readonly [string, Respond, JsonObject?][]>>) {
  const responses = new Map<string, Respond>();
  hook.respond = (review, request, response) =>
    responses.get(request.url?.split('?')[0] ?? '')?.(review, request, response);
  hook.requests.length = 0;
  const { store, admission } = await anAdmission();
  for (const [configuration, webhooks] of Object.entries(configurations)) {
    const entries = webhooks.map(([name, respond, fields]) => {
      responses.set(`/${name}`, respond);
      return entry({ ...url(hook.port), url: `https://localhost:${hook.port}/${name}` }, { name, ...fields });
    });
    await configure(store, 'mutating', configuration, entries);
  }
  return {
    store,
    admission,
    calls: () => hook.requests.map((request) => request.url?.slice(1).split('?')[0]).join(' '),
  };
}

describe('webhooks that mutate', () => {
  it('come one after another, by configuration and as they stand in it', async () => {
    const { admission, calls } = await with_({
      second: [
        ['c', appends('c')],
        ['b', appends('b')],
      ],
      first: [
        ['a', appends('a')],
        ['quiet', allow()],
      ],
    });
    expect(await outcome(admission, asked())).toEqual({ seen: 'acb' });
    expect(calls()).toBe('a quiet c b');
  });

  it('see a change of the configuration at once', async () => {
    const { store, admission } = await with_({ one: [['a', appends('a')]] });
    await configure(store, 'mutating', 'one', []);
    expect(await outcome(admission, asked())).toEqual({});
  });

  it('see what has been filled in after the one before', async () => {
    const { admission } = await with_({
      one: [
        ['a', appends('a')],
        ['b', appends('b')],
      ],
    });
    const finish = (object: JsonObject) => ({ ...object, data: { seen: `${(object.data as JsonObject).seen}.` } });
    const result = await admission.mutate(asked(), finish, () => {});
    expect(result?.data).toEqual({ seen: 'a.b.' });
  });

  it('may change nothing of a deletion', async () => {
    const { admission } = await with_({ one: [['a', patch([{ op: 'add', path: '/data', value: {} }])]] });
    const deletion = asked({ operation: 'DELETE', object: undefined, old: aConfigMap() });
    expect(await outcome(admission, deletion)).toBe(
      '500 Internal error occurred: admission webhook "a" attempted to modify the object, which is not supported for this operation',
    );
    const harmless = await with_({ one: [['a', patch([])]] });
    expect(await outcome(harmless.admission, deletion)).toBe('allowed');
  });

  it('leave the object that was given as it was', async () => {
    const { admission } = await with_({ one: [['a', patch([{ op: 'remove', path: '/data' }])]] });
    const attributes = asked({ object: aConfigMap({ a: '1' }) });
    await outcome(admission, attributes);
    expect(attributes.object).toEqual(aConfigMap({ a: '1' }));
  });
});

describe('a second time', () => {
  it('those are asked that want it, where a later one changed something', async () => {
    const { admission, calls } = await with_({
      one: [
        ['a', appends('a'), IF_NEEDED],
        ['never', allow()],
        ['b', appends('b')],
        ['late', appends('l'), IF_NEEDED],
      ],
    });
    expect(await outcome(admission, asked())).toEqual({ seen: 'abla' + 'l' });
    expect(calls()).toBe('a never b late a late');
  });

  it('nobody is asked because of its own change, or of none', async () => {
    const alone = await with_({
      one: [
        ['a', appends('a'), IF_NEEDED],
        ['b', allow(), IF_NEEDED],
      ],
    });
    expect(await outcome(alone.admission, asked())).toEqual({ seen: 'a' });
    expect(alone.calls()).toBe('a b');

    const same = patch([{ op: 'add', path: '/data', value: {} }]);
    const unchanged = await with_({
      one: [
        ['a', allow(), IF_NEEDED],
        ['b', same],
      ],
    });
    await outcome(unchanged.admission, asked());
    expect(unchanged.calls()).toBe('a b');
  });

  it('nobody is asked who was not meant the first time', async () => {
    const label = patch([{ op: 'add', path: '/metadata/labels/on', value: 'yes' }]);
    const objectSelector = { matchLabels: { on: 'yes' } };
    const { admission, calls } = await with_({
      one: [
        ['a', allow(), IF_NEEDED],
        ['labelled', allow(), { ...IF_NEEDED, objectSelector }],
        ['b', label],
      ],
      two: [['after', allow(), { objectSelector }]],
    });
    await outcome(admission, asked());
    expect(calls()).toBe('a labelled b after a'.replace(' labelled', ''));
  });
});

describe('a patch', () => {
  const internal = '500 Internal error occurred: ';
  const calling = `${internal}failed calling webhook "a": `;
  const invalid = `${calling}received invalid webhook response: `;
  it.each<[string, Respond, unknown]>([
    [
      'without its type',
      allow({ patch: 'W10=' }),
      `${invalid}webhook returned response.patch but not response.patchType`,
    ],
    [
      'that is missing',
      allow({ patchType: 'JSONPatch' }),
      `${invalid}webhook returned response.patchType but not response.patch`,
    ],
    [
      'of an empty type',
      allow({ patch: 'W10=', patchType: '' }),
      `${invalid}webhook returned invalid response.patchType of ""`,
    ],
    [
      'of another type',
      allow({ patch: Buffer.from('[{}]').toString('base64'), patchType: 'MergePatch' }),
      `${calling}unsupported patch type "MergePatch"`,
    ],
    [
      'that is no JSON',
      allow({ patch: 'YQ==', patchType: 'JSONPatch' }),
      `${calling}received undecodable patch in webhook response: invalid character 'a' looking for beginning of value`,
    ],
    [
      'that is no list',
      patch({ op: 'add' }),
      expect.stringContaining(`${calling}received undecodable patch in webhook response: `),
    ],
    ['with no operation', patch([]), {}],
    [
      'that removes what is not there',
      patch([{ op: 'remove', path: '/data/x' }]),
      `${internal}error in remove for path: '/data/x': Unable to remove nonexistent key: x: missing value`,
    ],
    [
      'in a place that is not there',
      patch([{ op: 'add', path: '/spec/a/b', value: 1 }]),
      `${internal}add operation does not apply: doc is missing path: "/spec/a/b": missing value`,
    ],
    [
      'that replaces in a place that is not there',
      patch([{ op: 'replace', path: '/spec/a/b', value: 1 }]),
      `${internal}replace operation does not apply: doc is missing path: /spec/a/b: missing value`,
    ],
    [
      'whose test fails',
      patch([{ op: 'test', path: '/data', value: 1 }]),
      `${internal}testing value /data failed: test failed`,
    ],
    [
      'that leaves no object',
      patch([{ op: 'replace', path: '', value: [] }]),
      `${internal}the patch of admission webhook "a" leaves no ConfigMap`,
    ],
  ])('%s', async (_, respond, expected) => {
    const { admission } = await with_({ one: [['a', respond]] });
    expect(await outcome(admission, asked())).toEqual(expected);
  });

  it('that does not fit counts also where failures are ignored', async () => {
    const respond = patch([{ op: 'remove', path: '/data/x' }]);
    const { admission } = await with_({ one: [['a', respond, { failurePolicy: 'Ignore' }]] });
    expect(await outcome(admission, asked())).toMatch(/^500 /);
  });

  it('of a webhook that fails and is ignored changes nothing', async () => {
    const { admission } = await with_({
      one: [
        ['a', allow({ patch: 'W10=' }), { failurePolicy: 'Ignore' }],
        ['b', appends('b')],
      ],
    });
    expect(await outcome(admission, asked())).toEqual({ seen: 'b' });
  });
});
