/** Knative Eventing's config-features, as far as they decide what its webhook accepts (pkg/apis/feature/features.go). */

export type EventingFeatures = Readonly<Record<string, string>>;

/** What holds where the ConfigMap says nothing. */
const SHIPPED: EventingFeatures = { 'delivery-timeout': 'enabled' };

export function isEnabled(features: EventingFeatures, name: string): boolean {
  const flag = Object.hasOwn(features, name) ? features[name] : SHIPPED[name];
  return flag?.toLowerCase() === 'enabled';
}
