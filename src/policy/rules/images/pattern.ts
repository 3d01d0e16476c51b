/** How a pattern of `images.registries` is read. */
import { DOCKER_HUB, type ImageReference } from '../../../kubernetes/image.ts';
import { matchesPattern } from '../../pattern.ts';

interface ImagePattern {
  readonly host: string;
  /** Over the path alone, or, with a tag in it, over path and tag. */
  readonly path: string;
}

const parsed = new Map<string, ImagePattern>();
const CACHE_SIZE = 1024;

/**
 * True where the image is one that the pattern means.
 *
 * Host and path are compared apart, so that no `*` reaches across: `registry.example.com/*` is not
 * `registry.example.com.evil.io/cart`, and `*.example.com/*` not `evil.io/x.example.com/cart`. A host alone means all
 * of its images; a star at its end is the path's (`registry.example.com*`). Docker Hub's shorthand counts as in an
 * image: `nginx` is `docker.io/library/nginx`.
 */
export function matchesImage(pattern: string, image: ImageReference): boolean {
  const { host, path } = readPattern(pattern);
  if (host !== image.host && !matchesPattern(host, image.host)) return false;
  if (path === '*' || matchesPattern(path, image.path)) return true;
  return image.tag !== undefined && path.includes(':') && matchesPattern(path, `${image.path}:${image.tag}`);
}

function readPattern(text: string): ImagePattern {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const pattern = splitPattern(text);
  if (parsed.size < CACHE_SIZE) parsed.set(text, pattern);
  return pattern;
}

function splitPattern(text: string): ImagePattern {
  if (text === '*') return { host: '*', path: '*' };
  const slash = text.indexOf('/');
  const first = slash < 0 ? text : text.slice(0, slash);
  if (!isHostPattern(first, slash >= 0)) return { host: DOCKER_HUB, path: slash < 0 ? `library/${text}` : text };

  const host = first.length > 1 && first.endsWith('*') ? first.slice(0, -1) : first;
  const path = slash < 0 || slash === text.length - 1 ? '*' : text.slice(slash + 1);
  const isHubShorthand = host === DOCKER_HUB && path !== '*' && !path.includes('/');
  return { host: host.toLowerCase(), path: isHubShorthand ? `library/${path}` : path };
}

function isHostPattern(first: string, hasPath: boolean): boolean {
  if (first.startsWith('*') || first.includes('.') || first === 'localhost' || first.startsWith('localhost:'))
    return true;
  return hasPath && first.includes(':');
}
