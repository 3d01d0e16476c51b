/** The ConfigMap in which the platform of `weir up` says what else listens: `metrics` is a URL. */
export const PLATFORM_CONFIG = { namespace: 'weir-system', name: 'weir-platform' } as const;
