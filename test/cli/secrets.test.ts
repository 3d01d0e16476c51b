/** SECURITY.md's promise: a secret that stands in the input is never printed, by no command and in no output. */
import { describe, expect, it } from '@jest/globals';
import { folderWith, weir } from './harness.ts';

/** Each stands in MANIFESTS once, at a place of its own. */
const SECRETS = [
  'hunter2-by-name',
  'hunter2-in-a-url',
  'hunter2-in-flow',
  'hunter2-as-argument',
  'hunter2-in-a-configmap',
  'hunter2-in-a-secret',
  'aHVudGVyMi1pbi1kYXRh',
  'hunter2-excused',
  'hunter2-lost-key',
  'hunter2-lost-in-a-secret',
  'hunter2-last-applied',
];

const BROKEN_SECRET = 'hunter2-under-a-wrong-tag';

const MANIFESTS = `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: cart
  namespace: shop
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"env": [{"name": "DB_PASSWORD", "value": "hunter2-last-applied"}]}'
spec:
  template:
    spec:
      containers:
      - image: cart:latest
        args: [--password, hunter2-as-argument]
        env:
        - name: DB_PASSWORD
          value: hunter2-lost-key
          value: hunter2-by-name
        - name: DB
          value: postgres://cart:hunter2-in-a-url@db/cart
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: flow, namespace: shop}
spec:
  template:
    spec:
      containers: [{image: "a:latest", env: [{name: TOKEN, value: hunter2-in-flow}]}]
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: excused, namespace: shop}
spec:
  template:
    spec:
      containers: [{image: "a:latest", env: [{name: TOKEN, value: hunter2-excused}]}]
---
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: known, namespace: shop}
spec: {rules: [security/credential], match: {names: [excused]}, reason: moves next week, owner: shop, until: 2026-12-01}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {db-password: hunter2-in-a-configmap}
---
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
type: kubernetes.io/dockerconfigjson
data: {password: aHVudGVyMi1pbi1kYXRh}
stringData:
  user: hunter2-lost-in-a-secret
  user: hunter2-in-a-secret
`;

const BROKEN = `apiVersion: v1
kind: Secret
metadata: {name: broken}
stringData: {pin: !!int ${BROKEN_SECRET}}
`;

function told(text: string): string[] {
  return [...SECRETS, BROKEN_SECRET].filter((secret) => text.includes(secret));
}

describe('a secret of the input', () => {
  it('stands in it', () => {
    expect(told(MANIFESTS + BROKEN)).toHaveLength(SECRETS.length + 1);
  });

  it.each(['text', 'json', 'sarif', 'junit', 'github', 'compact'])(
    'is not told by weir check -o %s',
    async (format) => {
      const cwd = folderWith({ 'all.yaml': MANIFESTS, 'broken.yaml': BROKEN });
      const { code, stdout, stderr } = await weir(['check', '.', '--env', 'prod', '-o', format], { cwd });
      expect(code).toBe(2);
      expect(stdout).toContain('security/credential');
      expect(told(stdout + stderr)).toEqual([]);
    },
  );

  it('is not told by weir explain', async () => {
    const cwd = folderWith({ 'all.yaml': MANIFESTS, 'broken.yaml': BROKEN });
    const { stdout, stderr } = await weir(['explain', 'all.yaml', '--env', 'prod'], { cwd });
    expect(stdout).toMatch(/name: DB_PASSWORD +all\.yaml:15\n +value: \(not shown\) +all\.yaml:17\n/);
    expect(stdout).toMatch(/ {4}password: \(not shown\) /);
    expect(told(stdout + stderr)).toEqual([]);
    const broken = await weir(['explain', 'broken.yaml', '--env', 'prod'], { cwd });
    expect(told(broken.stdout + broken.stderr)).toEqual([]);
  });

  it('is not told by what weir render and weir fn say of their work', async () => {
    const cwd = folderWith({ 'all.yaml': MANIFESTS, 'broken.yaml': BROKEN });
    const checked = await weir(['render', '.', '--env', 'prod', '--fix', '--check'], { cwd });
    expect(checked.stdout).toContain('all.yaml: ');
    expect(told(checked.stdout + checked.stderr)).toEqual([]);
    const written = await weir(['render', '.', '--env', 'prod', '--fix', '-w'], { cwd });
    expect(told(written.stdout + written.stderr)).toEqual([]);

    const items = MANIFESTS.split('---\n').map((object) => `- ${object.trimEnd().replaceAll('\n', '\n  ')}\n`);
    const list = `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${items.join('')}`;
    const { code, stderr } = await weir(['fn', '--env', 'prod'], { cwd, stdin: list });
    expect(code).toBe(1);
    expect(stderr).toContain('security/credential');
    expect(told(stderr)).toEqual([]);
  });
});
