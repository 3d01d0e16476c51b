/**
 * Image references by the weak rules of google/go-containerregistry pkg/name, which Knative asks: host and tag may be
 * missing, Docker Hub and latest stand in. Other clients are stricter; this is what the webhook accepts.
 */

const REPOSITORY = /^[a-z0-9_\-./]{2,255}$/;
const TAG = /^[a-zA-Z0-9_\-.]{1,128}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** What url.Parse reads as the whole host of `//host`: a name or an IPv6 address in brackets, then a port. */
const HOST = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9\-._~!$&'()*+,;="<>\]\u0080-\uffff]*)(:[0-9]*)?$/;

/** True where ParseReference would accept the text as a tag or as a digest. */
export function isImageReference(text: string): boolean {
  return isTagged(text) || isDigested(text);
}

function isTagged(text: string): boolean {
  const colon = text.lastIndexOf(':');
  const hasTag = colon >= 0 && !text.includes('/', colon);
  const tag = hasTag ? text.slice(colon + 1) : '';
  if (tag !== '' && !TAG.test(tag)) return false;
  return isRepository(hasTag ? text.slice(0, colon) : text);
}

function isDigested(text: string): boolean {
  const at = text.indexOf('@');
  if (at < 0 || text.includes('@', at + 1)) return false;
  if (!DIGEST.test(text.slice(at + 1))) return false;

  const base = text.slice(0, at);
  return isTagged(base) || isRepository(base);
}

function isRepository(text: string): boolean {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const isHost = first.includes('.') || first.includes(':');
  if (!isHost) return REPOSITORY.test(text);
  return REPOSITORY.test(text.slice(slash + 1)) && HOST.test(first);
}
