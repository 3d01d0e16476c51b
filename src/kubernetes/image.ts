/**
 * Image references, as container runtimes read them.
 *
 * Grammar and shorthand: distribution/reference reference.go and normalize.go. The first part is a registry's host
 * where it has a dot, a colon or an upper-case letter, or is `localhost`; otherwise the image is Docker Hub's, and a
 * name of one part alone is in its `library`: `nginx` is `docker.io/library/nginx`.
 */

export interface ImageReference {
  /** `registry.example.com`, with its port if it has one, in lower case. */
  readonly host: string;
  /** `shop/cart`. */
  readonly path: string;
  readonly tag: string | undefined;
  /** `sha256:…`. */
  readonly digest: string | undefined;
}

export const DOCKER_HUB = 'docker.io';

/** Takes any text: what is no valid reference comes out as a host and a path that nothing allows. */
export function parseImage(image: string): ImageReference {
  const at = image.indexOf('@');
  const named = at < 0 ? image : image.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  return {
    ...hostAndPath(hasTag ? named.slice(0, colon) : named),
    tag: hasTag ? named.slice(colon + 1) : undefined,
    digest: at < 0 ? undefined : image.slice(at + 1),
  };
}

/** The host and the path behind it, with Docker Hub's shorthand written out. */
export function hostAndPath(name: string): { host: string; path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  if (slash < 0 || !isHost(first)) return { host: DOCKER_HUB, path: slash < 0 ? `library/${name}` : name };

  const host = first.toLowerCase() === 'index.docker.io' ? DOCKER_HUB : first.toLowerCase();
  const path = name.slice(slash + 1);
  return { host, path: host === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path };
}

function isHost(part: string): boolean {
  return part.includes('.') || part.includes(':') || part === 'localhost' || part !== part.toLowerCase();
}
