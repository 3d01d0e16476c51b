import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { auditedKinds } from '../../src/audit/kinds.ts';
import { removedKinds } from '../../src/knative/eventing/legacy.ts';
import { defineKind } from '../../src/kubernetes/kinds.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { FOLLOWED } from '../../webhooks/cluster/kinds.ts';
import { folderWith } from '../cli/harness.ts';

const { policies } = await loadPolicies('policies', 'policies');
const { known, unknown } = auditedKinds(catalogue, policies.values());
const keys = new Set(known.map(({ kind }) => kind.key));

describe('the kinds of an audit', () => {
  it('are all that rules judge and an API server serves', () => {
    const gone = new Set([...removedKinds.map(({ key }) => key), 'keda.k8s.io/ScaledObject', 'ConfigMap']);
    const judged = new Set(catalogue.rules.flatMap(({ kinds }) => kinds.map(({ key }) => key)));
    expect(judged.size).toBeGreaterThan(40);
    expect([...judged].filter((key) => !keys.has(key) && !gone.has(key))).toEqual([]);
  });

  it('are all that the webhook looks up', () => {
    expect(FOLLOWED.filter(({ kind }) => !keys.has(kind.key)).map(({ kind }) => kind.key)).toEqual([]);
  });

  it('are each served as the webhook knows it', () => {
    const served = new Map(known.map((each) => [each.kind.key, each.served]));
    for (const { kind, plural, versions, isNamespaced } of FOLLOWED) {
      const ours = served.get(kind.key);
      expect([kind.key, ours?.plural, ours?.scope === 'Namespaced']).toEqual([kind.key, plural, isNamespaced]);
      expect(ours?.versions).toContain(versions[0]);
    }
  });

  it('leave nothing out that the shipped policies name', () => {
    expect(unknown).toEqual([]);
    expect(readdirSync('policies').length).toBeGreaterThan(3);
  });

  it("tell the kinds of a policy's own rules that nobody else knows", async () => {
    const folder = folderWith({
      'prod.yaml': `${readFileSync(path.join('policies', 'base.yaml'), 'utf8').split('spec:')[0]?.replace('name: base', 'name: prod')}spec:
  custom:
  - name: widgets
    match: {kinds: [example.com/Widget, serving.knative.dev/Service]}
    expression: has(object.spec)
    message: a Widget has a spec
    action: deny
`,
    });
    const own = await loadPolicies(folder, 'policies');
    expect(own.errors).toEqual([]);
    expect(auditedKinds(catalogue, own.policies.values()).unknown).toEqual([defineKind('example.com', 'Widget')]);
  });
});
