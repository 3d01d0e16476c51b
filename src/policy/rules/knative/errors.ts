/** Knative's own refusals of one object, worked out once and shared by every rule that tells them or keeps silent for them. */
import type { FieldError } from '../../../knative/fieldError.ts';
import { validate, validateChange } from '../../../knative/serving/index.ts';
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
/** What Knative refuses of the subject as it is, by area. Of a Revision, which may not change, a change is part of it. */
export const servingErrors: (subject: Subject, context: RuleContext) => ByArea = rememberLast((subject, context) =>
  SERVING_KEYS.has(subject.key) ? byArea(subject, errorsOf(subject, context)) : NONE,
);

/** What Knative refuses of the change to the subject, by area. */
export const changeErrors: (subject: Subject, context: RuleContext) => ByArea = rememberLast(
  (subject, { policy, old }) => {
    if (old === undefined || !SERVING_KEYS.has(subject.key)) return NONE;
    return byArea(subject, validateChange(subject.object, old, policy.knative));
  },
);

/** Whether Knative itself refuses what stands at the path: then a finding of `knative/` says so, and no other rule does. */
export function isRefused(subject: Subject, context: RuleContext, path: string): boolean {
  for (const errors of servingErrors(subject, context).values()) {
    for (const error of errors) if (error.path === path) return true;
  }
  return false;
}

function errorsOf(subject: Subject, { policy, old }: RuleContext): FieldError[] {
  const ofRevision = old === undefined || subject.key !== revision.key ? {} : { old };
  return validate(subject.object, policy.knative, { isDefaulted: true, ...ofRevision });
}

function byArea(subject: Subject, errors: readonly FieldError[]): ByArea {
  if (errors.length === 0) return NONE;
  const areas = new Map<Area, FieldError[]>();
  for (const error of errors) {
    if (isToldElsewhere(error)) continue;
    const area =
      subject.key === domainMapping.key && error.path.startsWith('/spec/') ? 'domain-mapping' : areaOf(error);
    const list = areas.get(area);
    if (list === undefined) areas.set(area, [error]);
    else list.push(error);
  }
  return areas;
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
