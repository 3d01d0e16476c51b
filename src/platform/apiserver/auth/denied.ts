/** The sentences of a request that its user may not make (k8s.io/apiserver pkg/endpoints/handlers/responsewriters/errors.go). */
import { Failure, forbidden } from '../status/failure.ts';
import type { Attributes, Authorizer } from './user.ts';

/** Nothing where the user may. @throws Failure 403 */
export function authorize(authorizer: Authorizer, attributes: Attributes): void {
  const { allowed, reason } = authorizer.decide(attributes);
  if (!allowed) throw denied(attributes, reason);
}

export function denied(attributes: Attributes, reason: string): Failure {
  const { resource } = attributes;
  const sentence = sanitized(sentenceFor(attributes));
  const why = reason === '' ? sentence : `${sentence}: ${reason}`;
  if (resource === undefined) return new Failure(403, 'Forbidden', `forbidden: ${why}`, {});
  return forbidden(resource, resource.name, why);
}

/** `User "x" cannot get resource "pods" in API group "" in the namespace "y"` */
function sentenceFor({ user, verb, resource, path = '' }: Attributes): string {
  const start = `User ${quoted(user.name)} cannot ${verb}`;
  if (resource === undefined) return `${start} path ${quoted(path)}`;

  const { group, plural, subresource, namespace } = resource;
  const what = subresource === '' ? plural : `${plural}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${quoted(namespace)}`;
  return `${start} resource ${quoted(what)} in API group ${quoted(group)} ${where}`;
}

/** In double quotes, as Go's %q has it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A sentence that holds what was sent must not look like HTML. */
function sanitized(sentence: string): string {
  return sentence.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
