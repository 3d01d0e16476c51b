/** What of test/cluster runs on a real Kubernetes alone (`npm run test:cluster`), and why. */

export interface LeftOutSuite {
  /** A file, or a folder with all that is in it, below test/cluster. */
  readonly path: string;
  readonly why: string;
}

export const LEFT_OUT_SUITES: readonly LeftOutSuite[] = [
  { path: 'platform/', why: 'compares the embedded API server with a real one, and needs both' },
  {
    path: 'controllers/schedule/',
    why: "is about Knative's own controllers; test/controllers/schedule has the like",
  },
  { path: 'controllers/serving/', why: "starts a kube-apiserver, and is about Knative's own controllers" },
  {
    path: 'controllers/guardrails/room.test.ts',
    why: "is about quotas that bind and pods that start, which Kubernetes' and Knative's own controllers do",
  },
  {
    path: 'client.test.ts',
    why: 'kills and revives a kube-apiserver of its own; test/platform/apiserver has the like',
  },
  {
    path: 'controllers/ground/',
    why: 'kills and revives a kube-apiserver of its own; test/controllers/manager does the same here',
  },
  {
    path: 'controllers/faults/killed.test.ts',
    why: 'kills a controller as a process, and counts its writes by the audit log of a kube-apiserver',
  },
  { path: 'admission/restart.test.ts', why: 'kills and revives a kube-apiserver that writes an audit log' },
  { path: 'certificates.test.ts', why: 'watches three rotations in real time, which takes four minutes' },
];

export interface LeftOutTest {
  /** The suite below test/cluster. */
  readonly path: string;
  /** A part of the names of its `describe` blocks and its own, joined by spaces: all tests that have it are meant. */
  readonly name: string;
  readonly why: string;
}

export const LEFT_OUT_TESTS: readonly LeftOutTest[] = [
  {
    path: 'kubernetes.test.ts',
    name: 'the control plane is the Kubernetes of go.mod',
    why: 'is about the programs that are built',
  },
  {
    path: 'kubernetes.test.ts',
    name: 'the control plane has controllers',
    why: 'needs the controllers of Deployments',
  },
  {
    path: 'kubernetes.test.ts',
    name: 'the control plane takes deleted pods away',
    why: 'needs the controllers of Deployments',
  },
  { path: 'kubernetes.test.ts', name: 'startControlPlane', why: 'starts a kube-apiserver with etcd' },
  {
    path: 'knative.test.ts',
    name: "Knative's webhook fills in",
    why: 'nothing that an author wrote is changed here',
  },
  { path: 'knative.test.ts', name: "Knative's controllers", why: "is about Knative's own controllers and autoscaler" },
  {
    path: 'admission/apply.test.ts',
    name: 'kubectl apply fills in before Knative does',
    why: "needs Knative's own webhook",
  },
  {
    path: 'admission/apply.test.ts',
    name: 'kubectl apply changes nothing the second time',
    why: "waits for a Revision of Knative's controllers",
  },
  {
    path: 'admission/apply.test.ts',
    name: "kubectl apply leaves Knative's own work alone",
    why: "needs Knative's controllers and autoscaler",
  },
  {
    path: 'admission/people.test.ts',
    name: 'people under admission a DELETE of a Service takes with it',
    why: "needs Knative's controllers",
  },
  {
    path: 'admission/people.test.ts',
    name: 'people under admission a PolicyException excuses nothing once it has expired',
    why: 'waits for 20 seconds of real time',
  },
  {
    path: 'account.test.ts',
    name: 'the ServiceAccount of the webhook leads by its Lease',
    why: 'waits for 15 seconds of real time',
  },
  {
    path: 'admission/replicas.test.ts',
    name: 'two replicas lose no request when one after the other is replaced',
    why: 'waits for half a minute while servers drain and start',
  },
  {
    path: 'admission/faults.test.ts',
    name: 'Weir lets nothing into staging unjudged',
    why: 'is the same as in prod, and takes as long again',
  },
  {
    path: 'admission/verdicts.test.ts',
    name: 'get the same verdict twice in staging',
    why: 'stands between dev and prod, and takes as long as either',
  },
  {
    path: 'examples/examples.test.ts',
    name: 'a Service with a volume is refused by Knative',
    why: 'claims are on here, which a volume is taken by',
  },
  {
    path: 'examples/examples.test.ts',
    name: "went by Knative's own webhook",
    why: "needs Knative's own webhook",
  },
];
