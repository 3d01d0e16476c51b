/**
 * The ingress gateways of Knative, by the namespace in which their releases put them: which pods they are, and on which
 * of their ports they take calls from within the cluster.
 *
 * Sources: knative/serving third_party/{kourier,contour,istio}-latest, as 1.23 ships them. A NetworkPolicy sees the
 * pod's port, not the Service's: `kourier-internal` and `knative-local-gateway` lead from 80 to 8081 and from 443 to
 * 8444, `envoy` of contour-internal to 8080 and 8443. That of Istio is its own release's: `istio: ingressgateway`.
 * Kourier's own release puts it into kourier-system, Knative's operator beside Knative (knative/operator
 * pkg/reconciler/knativeserving/ingress/kourier.go).
 */
export interface Gateway {
  readonly namespace: string;
  /** The labels of its pods; empty where nobody knows them, so that every pod of the namespace counts. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where its pods take calls from within the cluster; empty for one that takes none. */
  readonly localPorts: readonly number[];
}

const KOURIER = { labels: { app: '3scale-kourier-gateway' }, localPorts: [8081, 8444] };

const KNOWN: readonly Gateway[] = [
  { namespace: 'kourier-system', ...KOURIER },
  { namespace: 'knative-serving', ...KOURIER },
  { namespace: 'istio-system', labels: { istio: 'ingressgateway' }, localPorts: [8081, 8444] },
  { namespace: 'contour-internal', labels: { app: 'envoy' }, localPorts: [8080, 8443] },
  { namespace: 'contour-external', labels: { app: 'envoy' }, localPorts: [] },
];

/** Of a gateway with another home nobody knows on which of these it listens. */
const USUAL_PORTS = [8080, 8081, 8443, 8444];

/** @param namespaces the policy's `knative.gateways` */
export function gatewaysIn(namespaces: readonly string[]): Gateway[] {
  return [...new Set(namespaces)].map(
    (namespace) =>
      KNOWN.find((gateway) => gateway.namespace === namespace) ?? { namespace, labels: {}, localPorts: USUAL_PORTS },
  );
}
