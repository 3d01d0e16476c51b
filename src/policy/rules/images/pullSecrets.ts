/** Which secrets a pod pulls its images with, and which it needs. Shared by the pull-secret rules and the default. */
import { loginFor, readDockerConfig } from '../../../kubernetes/dockerConfig.ts';
import { arrayAt, asString, type JsonObject, type JsonValue, stringAt } from '../../../kubernetes/json.ts';
import { secret, serviceAccount } from '../../../kubernetes/kinds.ts';
import type { PodTemplate } from '../../../kubernetes/podTemplate.ts';
import type { RuleContext } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import type { PullSecret } from '../../model/images.ts';
import { rememberLast } from '../rememberLast.ts';
import { matchesImage } from './pattern.ts';
import { imagesUsed, type UsedImage } from './used.ts';

export const FIELD = 'imagePullSecrets';

/** A secret that the policy gives for a registry, and an image that needs it. */
export interface NeededSecret {
  readonly pull: PullSecret;
  readonly image: UsedImage;
  /** Where the policy says so. */
  readonly from: string;
}

/** What the policy gives for the pod's images, each secret once, in the policy's order. */
export function neededSecrets(template: PodTemplate | undefined, { policy }: RuleContext): readonly NeededSecret[] {
  const pullSecrets = policy.images?.pullSecrets;
  if (pullSecrets === undefined || pullSecrets.length === 0 || template === undefined) return [];
  return neededOf(template, pullSecrets);
}

/** Worked out once for each template, which is judged by one policy. */
const neededOf: (template: PodTemplate, pullSecrets: readonly PullSecret[]) => readonly NeededSecret[] = rememberLast(
  (template, pullSecrets) => {
    const images = imagesUsed(template);
    const needed: NeededSecret[] = [];
    for (const [index, pull] of pullSecrets.entries()) {
      const image = images.find(({ reference }) => matchesImage(pull.registry, reference));
      if (image === undefined || needed.some((other) => other.pull.secret === pull.secret)) continue;
      needed.push({ pull, image, from: `/spec/images/pullSecrets/${index}/secret` });
    }
    return needed;
  },
);

/** The names in a list of imagePullSecrets. */
export function namesIn(list: JsonValue | undefined): string[] {
  const names: string[] = [];
  for (const item of arrayAt(list)) {
    const name = stringAt(item, 'name');
    if (name !== undefined && name !== '') names.push(name);
  }
  return names;
}

export interface AccountSecrets {
  readonly account: string;
  readonly names: readonly string[];
}

/** The pull secrets of the pod's ServiceAccount, where that is in sight. */
export function accountSecrets(subject: Subject, spec: JsonObject, { inventory }: RuleContext): AccountSecrets {
  const account = asString(spec.serviceAccountName) || asString(spec.serviceAccount) || 'default';
  const found = inventory.find(serviceAccount, subject.namespace, account);
  return { account, names: namesIn(found?.[FIELD]) };
}

/**
 * The names that the pod pulls with: its own list, or its ServiceAccount's where its own is empty. The two are never
 * put together (kubernetes plugin/pkg/admission/serviceaccount/admission.go).
 */
export function effectiveNames(subject: Subject, template: PodTemplate, context: RuleContext): readonly string[] {
  const own = namesIn(template.spec[FIELD]);
  return own.length > 0 ? own : accountSecrets(subject, template.spec, context).names;
}

/** True where one of the named secrets pulls the image: the policy's own, or one in sight that has a login for the registry. */
export function covers(
  names: readonly string[],
  needed: NeededSecret,
  subject: Subject,
  context: RuleContext,
): boolean {
  if (names.includes(needed.pull.secret)) return true;
  for (const name of names) {
    const found = context.inventory.find(secret, subject.namespace, name);
    if (found === undefined) continue;
    const config = readDockerConfig(found);
    if (config.state === 'read' && loginFor(needed.image.reference.host, config.logins)?.isComplete === true)
      return true;
  }
  return false;
}
