/** What the examples of these rules are made of, as texts: a Service, and the TrafficRollout that leads its Revisions. */

/** Documents of one example, in their order. */
export function together(...documents: readonly string[]): string {
  return `\n${documents.join('---\n')}`;
}

/** @param more lines of its spec below the template */
export function aService({ metadata = '{name: api-service}', more = '' } = {}): string {
  return `apiVersion: serving.knative.dev/v1
kind: Service
metadata: ${metadata}
spec:
  template:
    spec:
      containers: [{image: registry.example.com/shop/api:1.4.2}]
${more}`;
}

/** @param service whose traffic it moves; @param more lines of its spec below the strategy */
export function aRollout({
  metadata = '{name: api-service}',
  service = 'api-service',
  steps = '[{percent: 10, pause: 5m}, {percent: 50, pause: 5m}]',
  more = '',
} = {}): string {
  return `apiVersion: weir.dev/v1alpha1
kind: TrafficRollout
metadata: ${metadata}
spec:
  serviceRef: {name: ${service}}
  strategy:
    canary:
      steps: ${steps}
${more}`;
}
