/** The label by which a namespace is in an environment. */
export const ENVIRONMENT_LABEL = 'weir.dev/environment';

/** On a Namespace: the guard rails that it does without, with commas between them. */
export const OPT_OUT = 'weir.dev/guard-rails-opt-out';
