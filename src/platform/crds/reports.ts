import type { JsonObject } from '../../kubernetes/json.ts';

const TEXT = { type: 'string' };
const COUNT = { type: 'integer' };
const OUTCOMES = ['pass', 'fail', 'warn', 'error', 'skip'];

const REFERENCE: JsonObject = {
  type: 'object',
  properties: {
    apiVersion: TEXT,
    fieldPath: TEXT,
    kind: TEXT,
    name: TEXT,
    namespace: TEXT,
    resourceVersion: TEXT,
    uid: TEXT,
  },
};

const RESULT: JsonObject = {
  type: 'object',
  required: ['policy'],
  properties: {
    category: TEXT,
    message: TEXT,
    policy: TEXT,
    properties: { type: 'object', additionalProperties: TEXT },
    resources: { type: 'array', items: REFERENCE },
    result: { type: 'string', enum: OUTCOMES },
    rule: TEXT,
    scored: { type: 'boolean' },
    severity: { type: 'string', enum: ['critical', 'high', 'medium', 'low', 'info'] },
    source: TEXT,
    timestamp: {
      type: 'object',
      required: ['nanos', 'seconds'],
      properties: { nanos: { type: 'integer', format: 'int32' }, seconds: { type: 'integer', format: 'int64' } },
    },
  },
};

const SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    apiVersion: TEXT,
    kind: TEXT,
    metadata: { type: 'object' },
    scope: REFERENCE,
    summary: { type: 'object', properties: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, COUNT])) },
    results: { type: 'array', items: RESULT },
  },
};

const COLUMNS: readonly JsonObject[] = [
  { name: 'Kind', type: 'string', jsonPath: '.scope.kind' },
  { name: 'Name', type: 'string', jsonPath: '.scope.name' },
  ...OUTCOMES.map((outcome) => ({
    name: `${outcome.charAt(0).toUpperCase()}${outcome.slice(1)}`,
    type: 'integer',
    jsonPath: `.summary.${outcome}`,
  })),
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];

/**
 * PolicyReport and ClusterPolicyReport, by which policy tools say what they found. The fields and columns of
 * kubernetes-sigs/wg-policy-prototypes, policy-report/crd/v1alpha2, but for selectors, which Weir never writes.
 */
export function reportCrds(): JsonObject[] {
  return [
    reportCrd(WG_POLICY, { kind: 'PolicyReport', plural: 'policyreports', shortName: 'polr' }),
    reportCrd(WG_POLICY, { kind: 'ClusterPolicyReport', plural: 'clusterpolicyreports', shortName: 'cpolr' }),
  ];
}

/** What is to come after them, with the same fields: openreports/reports-api config/crd, v0.2.1. */
export function openReportCrds(): JsonObject[] {
  return [
    reportCrd(OPEN_REPORTS, { kind: 'Report', plural: 'reports', shortName: 'reps' }),
    reportCrd(OPEN_REPORTS, { kind: 'ClusterReport', plural: 'clusterreports', shortName: 'creps' }),
  ];
}

const WG_POLICY = { group: 'wgpolicyk8s.io', version: 'v1alpha2' } as const;
const OPEN_REPORTS = { group: 'openreports.io', version: 'v1alpha1' } as const;

interface Names {
  readonly kind: string;
  readonly plural: string;
  readonly shortName: string;
}

function reportCrd(
  { group, version }: { readonly group: string; readonly version: string },
  { kind, plural, shortName }: Names,
): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: kind.startsWith('Cluster') ? 'Cluster' : 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List`, shortNames: [shortName] },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          additionalPrinterColumns: COLUMNS,
          schema: { openAPIV3Schema: SCHEMA },
        },
      ],
    },
  };
}
