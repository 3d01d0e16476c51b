/** Why a cluster could not be read, for the commands that read one. */
import { ApiError, ConnectionError, DecodingError, sentenceOf } from '../kubernetes/client/errors.ts';

/** Undefined for what is no answer of an API server, and no want of one. */
export function whyClusterIsUnread(error: unknown): string | undefined {
  // the server says no more than `Unauthorized`
  if (error instanceof ApiError && error.status === 401) {
    return `the cluster cannot be read: the API server does not know these credentials (${sentenceOf(error)}); renew them, or name others with --kubeconfig or --context`;
  }
  if (error instanceof ConnectionError || error instanceof ApiError || error instanceof DecodingError) {
    return `the cluster cannot be read: ${sentenceOf(error)}`;
  }
  return undefined;
}
