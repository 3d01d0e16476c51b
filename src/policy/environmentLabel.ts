/** The label by which a namespace is in an environment. */
export const ENVIRONMENT_LABEL = 'weir.dev/environment';
