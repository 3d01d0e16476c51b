/** Knative's own refusals of one object, worked out once and shared by every rule that tells them or keeps silent for them. */
import type { FieldError } from '../../../knative/fieldError.ts';
import { validate } from '../../../knative/serving/index.ts';
import { configuration, domainMapping, knativeService, revision, route } from '../../../kubernetes/kinds.ts';
import type { RuleContext } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { rememberLast } from '../rememberLast.ts';

/** The kinds of Knative Serving that people write, and Revisions, which Knative's own roles let them write, too. */
export const servingKinds = [knativeService, configuration, route, revision, domainMapping] as const;

/** Which rule tells a refusal. */
export type Area =
  | 'schema'
  | 'unknown-field'
  | 'metadata'
  | 'autoscaling'
  | 'timeouts'
  | 'containers'
  | 'traffic'
  | 'domain-mapping';

type ByArea = ReadonlyMap<Area, readonly FieldError[]>;

const NONE: ByArea = new Map();
const SERVING_KEYS: ReadonlySet<string> = new Set(servingKinds.map((kind) => kind.key));
/** What Knative refuses of the subject, by area. */
export const servingErrors: (subject: Subject, context: RuleContext) => ByArea = rememberLast((subject, context) =>
  SERVING_KEYS.has(subject.key) ? errorsByArea(subject, context) : NONE,
);

/** Whether Knative itself refuses what stands at the path: then a finding of `knative/` says so, and no other rule does. */
export function isRefused(subject: Subject, context: RuleContext, path: string): boolean {
  for (const errors of servingErrors(subject, context).values()) {
    for (const error of errors) if (error.path === path) return true;
  }
  return false;
}

function errorsByArea(subject: Subject, { policy, old }: RuleContext): ByArea {
  const options = old === undefined ? { isDefaulted: true } : { isDefaulted: true, old };
  const errors = validate(subject.object, policy.knative, options);
  if (errors.length === 0) return NONE;

  const byArea = new Map<Area, FieldError[]>();
  for (const error of errors) {
    if (isToldElsewhere(error)) continue;
    const area =
      subject.key === domainMapping.key && error.path.startsWith('/spec/') ? 'domain-mapping' : areaOf(error);
    const list = byArea.get(area);
    if (list === undefined) byArea.set(area, [error]);
    else list.push(error);
  }
  return byArea;
}

const PULL_SECRETS_IN_CONTAINER = /^\/spec(\/template\/spec)?\/(initContainers|containers)\/[0-9]+\/imagePullSecrets$/;

/** images/pull-secret-misplaced says this one, and moves the secret to where it counts. */
function isToldElsewhere({ path, message }: FieldError): boolean {
  return message.startsWith('unknown field ') && PULL_SECRETS_IN_CONTAINER.test(path);
}

/** A Revision's spec is what the template's is elsewhere. */
const POD_SPECS = ['/spec/template/spec', '/spec'];
const SCALING = /^\/(spec\/template\/)?metadata\/annotations\/autoscaling\.knative\.dev/;
const TIMEOUTS = new Set(
  ['timeoutSeconds', 'responseStartTimeoutSeconds', 'idleTimeoutSeconds'].flatMap((field) => inPodSpecs(field)),
);

const CONCURRENCY = new Set(inPodSpecs('containerConcurrency'));

function inPodSpecs(field: string): string[] {
  return POD_SPECS.map((path) => `${path}/${field}`);
}

function areaOf({ path, message }: FieldError): Area {
  if (path === '/apiVersion' || message.startsWith('cannot decode ') || message.startsWith('Duplicate value'))
    return 'schema';
  if (message.startsWith('unknown field ')) return 'unknown-field';
  if (SCALING.test(path) || CONCURRENCY.has(path)) return 'autoscaling';
  if (path.startsWith('/metadata') || path.startsWith('/spec/template/metadata')) return 'metadata';
  if (TIMEOUTS.has(path)) return 'timeouts';
  return path.startsWith('/spec/traffic') ? 'traffic' : 'containers';
}
