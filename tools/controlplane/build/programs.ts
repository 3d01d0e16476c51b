/** The programs of the control plane, and the Go module under modules/ that each is built from. */
export interface Program {
  readonly name: ProgramName;
  readonly module: ModuleName;
  /** The `main` package. */
  readonly package: string;
}

export type ProgramName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kubectl'
  | 'kube-controller-manager'
  | 'webhook'
  | 'controller'
  | 'autoscaler';

export type ModuleName = 'etcd' | 'kubernetes' | 'knative';

/** Those of a module stand together: they are built from one source. */
export const PROGRAMS: readonly Program[] = [
  { name: 'etcd', module: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  { name: 'kube-apiserver', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  { name: 'kubectl', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kubectl' },
  { name: 'kube-controller-manager', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-controller-manager' },
  { name: 'webhook', module: 'knative', package: 'knative.dev/serving/cmd/webhook' },
  { name: 'controller', module: 'knative', package: 'knative.dev/serving/cmd/controller' },
  { name: 'autoscaler', module: 'knative', package: 'knative.dev/serving/cmd/autoscaler' },
];

/** Whose version is shown and is the program's own, of all that a go.mod requires. */
export const REQUIRED: Readonly<Record<ModuleName, string>> = {
  etcd: 'go.etcd.io/etcd/server/v3',
  kubernetes: 'k8s.io/kubernetes',
  knative: 'knative.dev/serving',
};
