/** Of the Service in all tests. */
export const NAMES = ['weir-webhook.weir-system.svc', 'weir-webhook.weir-system.svc.cluster.local'];
