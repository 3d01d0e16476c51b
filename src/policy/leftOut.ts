/**
 * Namespaces in which nothing is judged and no guard rail is made, whatever label they carry: what the cluster, Knative,
 * KEDA, Argo CD and Weir start from. By their names, with whose they are, for sentences.
 */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'kube-system': "Kubernetes'",
  'kube-public': "Kubernetes'",
  'kube-node-lease': "Kubernetes'",
  'knative-serving': "Knative's",
  'knative-eventing': "Knative's",
  keda: "KEDA's",
  argocd: "Argo CD's",
  'weir-system': "Weir's",
};

/** Its label is of Weir's own overlays, for `weir check`: of that nobody is told as of a mistake. */
export const OWN_NAMESPACE = 'weir-system';

/** `Argo CD's`; undefined for a namespace that is judged like any. */
export function ownerOfLeftOut(namespace: string): string | undefined {
  return Object.hasOwn(LEFT_OUT, namespace) ? LEFT_OUT[namespace] : undefined;
}
