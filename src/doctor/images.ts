/** Why an image is not there, from what a kubelet or Knative's controller says: their words are the registry's. */
import { kubectl } from './command.ts';

export interface ImageTrouble {
  readonly why: string;
  readonly next: readonly string[];
}

interface Pattern {
  readonly words: RegExp;
  readonly why: string;
  readonly next: (namespace: string, image: string) => readonly string[];
}

/** The first that matches counts: a registry that refuses a stranger often says that there is no such image. */
const PATTERNS: readonly Pattern[] = [
  {
    words: /toomanyrequests|too many requests|rate limit|\b429\b/i,
    why: 'the registry takes no more requests from this address for now; log in with a pull secret, or mirror the image',
    next: (namespace) => [kubectl('get serviceaccount default', namespace, '-o', 'jsonpath={.imagePullSecrets}')],
  },
  {
    words: /unauthorized|authentication required|no basic auth|access (is )?denied|forbidden|denied:|\b40[13]\b/i,
    why: 'the registry refuses these credentials: a pull secret is missing, is not named by the ServiceAccount, or is out of date',
    next: (namespace) => [
      kubectl('get serviceaccount default', namespace, '-o', 'jsonpath={.imagePullSecrets}'),
      kubectl('get secrets', namespace, '--field-selector', 'type=kubernetes.io/dockerconfigjson'),
    ],
  },
  {
    words:
      /no such host|server misbehaving|i\/o timeout|dial tcp|connection refused|network is unreachable|deadline exceeded/i,
    why: 'the registry cannot be reached: look at its name, at DNS and at the way out of the cluster',
    next: () => [kubectl('get events --all-namespaces', undefined, '--field-selector', 'reason=Failed')],
  },
  {
    words: /x509|certificate/i,
    why: "the registry's certificate is not trusted by who pulls",
    next: () => [kubectl('get nodes -o wide')],
  },
  {
    words: /not found|manifest unknown|name unknown|does not exist|\b404\b|NAME_UNKNOWN|MANIFEST_UNKNOWN/i,
    why: 'the registry has no such image or tag',
    next: (_, image) => (image === '' ? [] : [`docker manifest inspect ${image}`]),
  },
  {
    words: /no match for platform|exec format error|no matching manifest/i,
    why: "the image is not made for the nodes' processors",
    next: () => [kubectl('get nodes -L kubernetes.io/arch')],
  },
];

/** @param image as it stands in the pod; empty where nobody says it */
export function whyNoImage(message: string, namespace: string, image: string): ImageTrouble {
  const found = PATTERNS.find(({ words }) => words.test(message));
  const plain = PLAIN_IMAGE.test(image) ? image : '';
  if (found !== undefined) return { why: found.why, next: found.next(namespace, plain) };
  return { why: 'the registry or the name of the image is wrong', next: [kubectl('get events', namespace)] };
}

/** What goes into a command line is what an image's name can be. */
const PLAIN_IMAGE = /^[A-Za-z0-9][A-Za-z0-9_.:/@-]*$/;
