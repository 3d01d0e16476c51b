/** Sentences about guard rails that several say. */

export const CONTROLLER =
  'weir controller puts it right, and says in an Event of the namespace what keeps it from that';

export function notInGit(account: string, name: string): string {
  return `ServiceAccount ${account} is tracked by Argo CD, and does not name the pull secret ${name}; write it in Git: imagePullSecrets: [{name: ${name}}]`;
}
