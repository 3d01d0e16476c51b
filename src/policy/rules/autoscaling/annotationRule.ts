/** The factory behind the rules that hold one autoscaling annotation against the environment's bounds. */
import { type AnnotationKeys, annotationPath } from '../../../knative/autoscaling/annotations.ts';
import type { Effective } from '../../../knative/autoscaling/effective.ts';
import { formatDuration } from '../../../knative/duration.ts';
import type { Edit } from '../../engine/edit.ts';
import type { Rule, RuleContext } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import type { Bounds } from '../../model/bounds.ts';
import { boundRule, type Measure, type Told } from '../boundRule.ts';
import { isRefused } from '../knative/errors.ts';
import { find, type Scaling, scaledKinds, scalingOf } from './scaling.ts';
import { edit } from './settle.ts';

export interface AnnotationRule<Written extends string | number, Value extends Measure> {
  /** The part of the id behind `autoscaling/`. */
  readonly name: string;
  readonly annotation: AnnotationKeys;
  readonly title: string;
  readonly why: string;
  readonly action?: Rule['action'];
  /** A value that prod does not allow, and one that it does; or whole manifests. */
  readonly bad: string;
  readonly good: string;
  readonly environment?: string;
  /** Other annotations of both examples. */
  readonly beside?: string;
  readonly classes: 'kpa' | 'kpa and hpa';
  bounds(policy: NonNullable<RuleContext['policy']['autoscaling']>): Bounds<Written> | undefined;
  parse(bound: Written): Value | undefined;
  /** The value that counts; undefined where the setting means nothing for this service. */
  effective(scaling: Scaling): Effective<Value> | undefined;
  /** How a sentence says a value that the annotation's own text, or a bare number, does not say well. */
  say?(value: Value): string | undefined;
  fix?(scaling: Scaling, bound: Written): readonly Edit[];
}

export function annotationRule<Written extends string | number, Value extends Measure>(
  options: AnnotationRule<Written, Value>,
): Rule {
  const [key] = options.annotation;
  const label = key.slice(key.indexOf('/') + 1);
  return boundRule<Written, Value>({
    id: `autoscaling/${options.name}`,
    title: options.title,
    why: options.why,
    howToFix: `Set \`${key}\` on the template to a value within the bounds that the message names.`,
    kinds: scaledKinds,
    action: options.action ?? 'deny',
    examples: {
      bad: example(key, options.bad, options.beside),
      good: example(key, options.good, options.beside),
      ...(options.environment === undefined ? {} : { environment: options.environment }),
    },
    label,
    bounds: ({ policy }) => (policy.autoscaling === undefined ? undefined : options.bounds(policy.autoscaling)),
    parse: options.parse,
    read(subject, { policy }) {
      const scaling = scalingOf(subject, policy);
      return scaling === undefined ? undefined : readAnnotation(scaling, options)?.value;
    },
    tell(subject, context, value) {
      const scaling = scalingOf(subject, context.policy);
      return scaling === undefined ? undefined : tellAnnotation(scaling, value, subject, context, options);
    },
    fix(subject, { policy }, bound) {
      const scaling = scalingOf(subject, policy);
      if (scaling === undefined) return undefined;
      return options.fix?.(scaling, bound) ?? [edit(scaling, options.annotation, bound)];
    },
  });
}

/** The value that counts, where the setting means something for the service's class and can be read. */
function readAnnotation<Written extends string | number, Value extends Measure>(
  scaling: Scaling,
  { classes, effective }: AnnotationRule<Written, Value>,
): Effective<Value> | undefined {
  if (!scaling.isKpa && !(classes === 'kpa and hpa' && scaling.isHpa)) return undefined;
  const found = effective(scaling);
  return found?.isReadable === true ? found : undefined;
}

function tellAnnotation<Written extends string | number, Value extends Measure>(
  scaling: Scaling,
  value: Value,
  subject: Subject,
  context: RuleContext,
  options: AnnotationRule<Written, Value>,
): Told | undefined {
  const found = readAnnotation(scaling, options);
  const written = find(scaling, options.annotation);
  if (found === undefined || (written !== undefined && isRefused(subject, context, written.path))) return undefined;
  const said = options.say?.(value) ?? found.raw ?? textOf(value);
  return { text: found.isSet ? said : `${said} by default`, path: annotationPath(scaling.path, found.key) };
}

function textOf(value: Measure): string {
  return typeof value === 'bigint' ? formatDuration(value) : `${value}`;
}

function example(key: string, value: string, beside: string | undefined): string {
  const others = beside === undefined ? '' : `\n        ${beside}`;
  return `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata:
      annotations:
        ${key}: "${value}"${others}
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`;
}
