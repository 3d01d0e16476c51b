import { describe, expect, it } from '@jest/globals';
import { knativeService } from '../../../src/kubernetes/kinds.ts';
import { labelsOf } from '../../../src/kubernetes/object.ts';
import { EMPTY_INVENTORY } from '../../../src/policy/engine/inventory.ts';
import type { Catalogue } from '../../../src/policy/engine/judge.ts';
import type { Rule } from '../../../src/policy/engine/rule.ts';
import { render } from '../../../src/policy/render/render.ts';
import { aPolicy, aService, NOW } from '../builders.ts';

const base = {
  title: '',
  why: '',
  howToFix: '',
  kinds: [knativeService],
  action: 'deny',
  examples: { bad: '', good: '' },
} as const;

/** A label that must be lower case, and a second one that is demanded once the first is right. */
const lowerCase: Rule = {
  ...base,
  id: 'test/lower-case',
  judge: ({ object }) => {
    const team = String(labelsOf(object).team);
    if (team === team.toLowerCase()) return [];
    return [
      {
        path: '/metadata/labels/team',
        message: 'x',
        fix: [{ set: '/metadata/labels/team', value: team.toLowerCase() }],
      },
    ];
  },
};
const owner: Rule = {
  ...base,
  id: 'test/owner',
  judge: ({ object }) => {
    const { team, owner } = labelsOf(object);
    if (team !== 'shop' || owner !== undefined) return [];
    return [{ path: '/metadata/labels', message: 'y', fix: [{ set: '/metadata/labels/owner', value: 'ops' }] }];
  },
};
const neverFixed: Rule = {
  ...base,
  id: 'test/never',
  judge: () => [{ path: '/spec', message: 'z', fix: [{ set: '/spec/tries', value: 1 }] }],
};

const catalogue: Catalogue = {
  rules: [lowerCase, owner],
  defaulters: [
    {
      id: 'test/tier',
      kinds: [knativeService],
      fill: () => [{ path: '/metadata/labels/tier', value: 'web', from: '/spec' }],
    },
  ],
  knativeDefaults: (object) => ({ ...object, status: { ready: true } }),
};
const context = { policy: aPolicy(), inventory: EMPTY_INVENTORY, exceptions: [], now: NOW };
const service = aService({ metadata: { labels: { team: 'Shop' } } });

describe('render', () => {
  it.each([
    [{ fix: false, knative: false }, { team: 'Shop', tier: 'web' }, undefined],
    [{ fix: true, knative: false }, { team: 'shop', owner: 'ops', tier: 'web' }, undefined],
    [{ fix: false, knative: true }, { team: 'Shop', tier: 'web' }, { ready: true }],
  ])('with %j', (options, labels, status) => {
    const { object } = render(service, context, catalogue, options);
    expect(object?.metadata).toMatchObject({ labels });
    expect(object?.status).toEqual(status);
  });

  it('asks for nothing the second time', () => {
    const options = { fix: true, knative: true };
    const { object = {} } = render(service, context, catalogue, options);
    expect(render(object, context, catalogue, options).operations).toEqual([]);
  });

  it('writes no null where nothing stood, whatever Knative makes of it', () => {
    const knativeDefaults: Catalogue['knativeDefaults'] = (object) => ({ ...object, status: null });
    const { object } = render(service, context, { ...catalogue, knativeDefaults }, { fix: false, knative: true });
    expect(object).not.toHaveProperty('status');
  });

  it('gives up on a fix that does not help', () => {
    const { fixed } = render(service, context, { ...catalogue, rules: [neverFixed] }, { fix: true, knative: false });
    expect(fixed).toHaveLength(1);
  });

  it('tells when a fix removes the object', () => {
    const gone: Rule = { ...base, id: 'test/gone', judge: () => [{ path: '', message: 'w', fix: [{ remove: '' }] }] };
    const rendered = render(service, context, { ...catalogue, rules: [gone] }, { fix: true, knative: false });
    expect(rendered).toMatchObject({ object: undefined, operations: [{ op: 'remove', path: '' }] });
  });
});
