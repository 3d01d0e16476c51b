/** Eventing's resources, as the controllers here name them. */
export * from '../../src/knative/eventing/resources.ts';
