import { describe, expect, it } from '@jest/globals';
import { arrayAt } from '../../../src/kubernetes/json.ts';
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

  it('fixes again what a later fix brought back', () => {
    const labels = { team: 'a', Team: 'b' };
    const noTeam: Rule = {
      ...base,
      id: 'test/no-team',
      judge: ({ object }) =>
        labelsOf(object).team === undefined
          ? []
          : [{ path: '/metadata/labels/team', message: 'x', fix: [{ remove: '/metadata/labels/team' }] }],
    };
    const spelling: Rule = {
      ...base,
      id: 'test/spelling',
      judge: ({ object }) => {
        const { Team } = labelsOf(object);
        if (Team === undefined) return [];
        const fix = [{ remove: '/metadata/labels/Team' }, { set: '/metadata/labels/team', value: Team }];
        return [{ path: '/metadata/labels/Team', message: 'y', fix }];
      },
    };
    const both = { rules: [noTeam, spelling], defaulters: [], knativeDefaults: catalogue.knativeDefaults };
    const rendered = render(aService({ metadata: { labels } }), context, both, { fix: true, knative: false });
    expect(labelsOf(rendered.object ?? {})).toEqual({});
  });

  it('removes equal items one after the other', () => {
    const noItems: Rule = {
      ...base,
      id: 'test/no-items',
      judge: ({ object }) =>
        arrayAt(object, 'spec', 'traffic').map((_) => ({
          path: '/spec/traffic/0',
          message: 'x',
          fix: [{ remove: '/spec/traffic/0' }],
        })),
    };
    const alone = { rules: [noItems], defaulters: [], knativeDefaults: catalogue.knativeDefaults };
    const rendered = render(aService({ traffic: [1, 1, 1] }), context, alone, { fix: true, knative: false });
    expect(arrayAt(rendered.object, 'spec', 'traffic')).toEqual([]);
  });

  it('fixes as many findings as there are', () => {
    const labels = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`l${index}`, 'x']));
    const none: Rule = {
      ...base,
      id: 'test/no-labels',
      judge: ({ object }) =>
        Object.keys(labelsOf(object)).map((key) => {
          const path = `/metadata/labels/${key}`;
          return { path, message: 'x', fix: [{ remove: path }] };
        }),
    };
    const alone = { rules: [none], defaulters: [], knativeDefaults: catalogue.knativeDefaults };
    const rendered = render(aService({ metadata: { labels } }), context, alone, { fix: true, knative: false });
    expect(labelsOf(rendered.object ?? {})).toEqual({});
  });

  it('tells when a fix removes the object', () => {
    const gone: Rule = { ...base, id: 'test/gone', judge: () => [{ path: '', message: 'w', fix: [{ remove: '' }] }] };
    const rendered = render(service, context, { ...catalogue, rules: [gone] }, { fix: true, knative: false });
    expect(rendered).toMatchObject({ object: undefined, operations: [{ op: 'remove', path: '' }] });
  });
});
