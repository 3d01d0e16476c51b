/**
 * The ingresses that Knative knows: the class that config-network names, who serves it and where its gateway is.
 *
 * Sources: knative/networking pkg/config/config.go (default class); the releases of knative-extensions/net-kourier,
 * net-istio, net-contour and net-gateway-api.
 */

export interface IngressClass {
  readonly name: string;
  /** Its controller's Deployment, which stands beside Knative's own. */
  readonly controller: string;
  /** The namespace of the gateway as it is installed; undefined where each installation chooses one. */
  readonly gateway: string | undefined;
  readonly install: string;
}

export const DEFAULT_INGRESS_CLASS = 'istio.ingress.networking.knative.dev';

const KOURIER = 'kourier-system';
const RELEASES = 'https://github.com/knative-extensions';

export const INGRESS_CLASSES: readonly IngressClass[] = [
  ingress('kourier', 'net-kourier-controller', KOURIER, 'net-kourier', 'kourier.yaml'),
  ingress('istio', 'net-istio-controller', 'istio-system', 'net-istio', 'net-istio.yaml'),
  ingress('contour', 'net-contour-controller', 'contour-external', 'net-contour', 'net-contour.yaml'),
  ingress('gateway-api', 'net-gateway-api-controller', undefined, 'net-gateway-api', 'net-gateway-api.yaml'),
];

function ingress(
  name: string,
  controller: string,
  gateway: string | undefined,
  repository: string,
  file: string,
): IngressClass {
  return {
    name: `${name}.ingress.networking.knative.dev`,
    controller,
    gateway,
    install: `kubectl apply -f ${RELEASES}/${repository}/releases/latest/download/${file}`,
  };
}

/**
 * The namespace of the gateway in a cluster with these namespaces: Kourier's own release makes one for it, Knative's
 * operator puts it beside Knative (knative/operator pkg/reconciler/knativeserving/ingress/kourier.go).
 *
 * @param namespaces undefined where nobody could look
 */
export function gatewayOf(
  { gateway }: IngressClass,
  namespaces: readonly string[] | undefined,
  systemNamespace: string,
): string | undefined {
  const isBeside = gateway === KOURIER && namespaces !== undefined && !namespaces.includes(KOURIER);
  return isBeside ? systemNamespace : gateway;
}

/** The class by the spelling of today, or by that of before 1.0 (`ingress.class`). */
export function ingressClassIn(network: Readonly<Record<string, string>>): string {
  const name = network['ingress-class'] ?? network['ingress.class'] ?? '';
  return name.trim() === '' ? DEFAULT_INGRESS_CLASS : name.trim();
}
