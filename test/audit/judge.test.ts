import { describe, expect, it } from '@jest/globals';
import { auditCatalogue } from '../../src/audit/catalogue.ts';
import { type Audit, NamespaceAudit } from '../../src/audit/judge.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { inventoryOf } from '../../src/policy/engine/inventory.ts';
import { aPolicy, aService } from '../policy/builders.ts';

function auditOf(namespace: string): Audit {
  const labels = { 'weir.dev/environment': 'prod' };
  const itself: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
  const service = aService({ metadata: { namespace, annotations: { 'autoscaling.knative.dev/min-scale': '10' } } });
  const policy = aPolicy({ name: 'prod', namespace: { quota: { hard: { pods: 50 } } } });
  const inventory = inventoryOf([itself, service]);
  const audit = new NamespaceAudit({ namespace, policy, inventory, now: new Date(0), catalogue: auditCatalogue });
  audit.add(itself);
  audit.add(service);
  return audit.result();
}

describe('an audit of a namespace', () => {
  it('judges it and what is in it', () => {
    const { judged, untouched, findings } = auditOf('shop');
    expect([judged.map(({ kind }) => kind), untouched]).toEqual([['Namespace', 'Service'], 0]);
    expect(findings.map(({ resource }) => resource.kind)).toContain('Service');
  });

  it.each(['argocd', 'keda', 'knative-eventing'])('that is left out says so, and judges nothing in it: %s', (name) => {
    const { judged, untouched, findings } = auditOf(name);
    expect([judged.map(({ kind }) => kind), untouched]).toEqual([['Namespace'], 1]);
    expect(findings.map(({ message }) => message)).toEqual([expect.stringContaining(`${name} is `)]);
    expect(findings[0]?.message).toContain('own namespace, and gets no guard rails, although its label says prod');
  });

  it('says nothing of weir-system, whose label is of Weir itself', () => {
    const { judged, findings } = auditOf('weir-system');
    expect([judged.map(({ kind }) => kind), findings]).toEqual([['Namespace'], []]);
  });
});
