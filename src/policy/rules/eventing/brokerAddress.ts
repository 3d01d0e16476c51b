/** The address under which a Broker takes events in, as people copy it into manifests. */

export interface BrokerAddress {
  /** `broker-ingress` of a channel-based Broker, `kafka-broker-ingress` of a Kafka one. */
  readonly ingress: string;
  readonly namespace: string;
  readonly name: string;
}

const ADDRESS =
  /^https?:\/\/((?:kafka-)?broker-ingress)\.[a-z0-9-]+(?:\.svc(?:\.[a-z0-9.-]+)?)?(?::\d+)?\/([a-z0-9-]+)\/([a-z0-9-]+)\/?$/;

/** Reads `http://broker-ingress.knative-eventing.svc.cluster.local/shop/orders`; undefined for anything else. */
export function brokerAddress(text: string): BrokerAddress | undefined {
  if (!text.includes('broker-ingress.') || text.length > 512) return undefined;
  const [, ingress, namespace, name] = ADDRESS.exec(text) ?? [];
  if (ingress === undefined || namespace === undefined || name === undefined) return undefined;
  return { ingress, namespace, name };
}
