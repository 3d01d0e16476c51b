/**
 * A ScalingSchedule out of its document. Everything that is wrong is told at once, each with its place; what the
 * CustomResourceDefinition refuses (overlays/base/scalingschedules.yaml) is refused here too, since files are judged long
 * before an API server sees them.
 */
import { isObject, type JsonObject, type JsonValue } from '../kubernetes/json.ts';
import { referenceTo } from '../kubernetes/object.ts';
import { join } from '../kubernetes/pointer.ts';
import { didYouMean } from '../text/nearest.ts';
import type { ReadResult, ScalingSchedule, Target } from './model.ts';
import { member, nameOf, type Part, Problems } from './problems.ts';
import { readDates, readWindows } from './readWindows.ts';
import { readMoment, readScalePart, SCALE } from './values.ts';
import { nearestZone, zoneNamed } from './zones.ts';

const SPEC = [
  'scaleTargetRef',
  'selector',
  'timeZone',
  'holidays',
  'windows',
  'default',
  'priority',
  'suspend',
  'until',
  'override',
];

/** Where the API server's CustomResourceDefinition draws the line. */
const MOST_PRIORITY = 1_000_000;

/** Reads a ScalingSchedule of any shape. */
export function readSchedule(object: JsonObject): ReadResult {
  const problems = new Problems();
  const { namespace, name } = referenceTo(object);
  const root = { object, path: '' };
  const spec = problems.part(root, 'spec');
  if (spec === undefined) {
    if (member(object, 'spec') === undefined) problems.add('', 'spec is missing: target, time zone and windows');
    return { problems: problems.list };
  }

  problems.known(spec, SPEC);
  const target = readTarget(spec, problems);
  const timeZone = readZone(spec, problems);
  const holidays = readDates(problems.items(spec, 'holidays'), join(spec.path, 'holidays'), problems);
  const schedule = {
    namespace,
    name,
    windows: readWindows(spec, holidays, problems),
    fallback: readScalePart(spec, 'default', SCALE, problems)?.scale,
    priority: problems.integer(spec, 'priority', -MOST_PRIORITY, MOST_PRIORITY) ?? 0,
    isSuspended: problems.flag(spec, 'suspend'),
    until: readMoment(spec, 'until', problems),
    override: readOverride(spec, problems),
  };
  if (problems.list.length > 0 || target === undefined || timeZone === undefined) {
    return { problems: problems.list };
  }
  return { schedule: { ...schedule, target, timeZone } satisfies ScalingSchedule };
}

const KINDS = ['Service', 'Configuration', 'Revision'];
const GROUP = 'serving.knative.dev';

function readTarget(spec: Part, problems: Problems): Target | undefined {
  const reference = problems.part(spec, 'scaleTargetRef');
  const selector = problems.part(spec, 'selector');
  if (reference !== undefined && selector !== undefined) {
    problems.add(join(spec.path, 'selector'), 'selector stands beside scaleTargetRef; a schedule has one of the two');
    return undefined;
  }
  if (reference !== undefined) return readReference(reference, problems);
  if (selector !== undefined) return readSelector(selector, problems);
  if (member(spec.object, 'scaleTargetRef') === undefined && member(spec.object, 'selector') === undefined) {
    problems.add(
      spec.path,
      'the target is missing; write scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: …}, or a selector of labels',
    );
  }
  return undefined;
}

function readReference(reference: Part, problems: Problems): Target | undefined {
  problems.known(reference, ['apiVersion', 'kind', 'name']);
  const apiVersion = problems.needed(reference, 'apiVersion', `${GROUP}/v1`);
  const kind = problems.needed(reference, 'kind', 'Service');
  const name = problems.needed(reference, 'name', 'api-service');
  if (apiVersion === undefined || kind === undefined || name === undefined) return undefined;

  if (!apiVersion.startsWith(`${GROUP}/`)) {
    problems.add(
      join(reference.path, 'apiVersion'),
      `apiVersion is ${nameOf(apiVersion)}, and only Knative's Services, Configurations and Revisions are scaled; write apiVersion: ${GROUP}/v1`,
    );
    return undefined;
  }
  if (!KINDS.includes(kind)) {
    const meant = didYouMean(kind, KINDS);
    problems.add(
      join(reference.path, 'kind'),
      `kind is ${nameOf(kind)}, and should be one of ${KINDS.join(', ')}${meant}`,
    );
    return undefined;
  }
  return { apiVersion, kind, name };
}

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** A LabelSelector (k8s.io/apimachinery pkg/apis/meta/v1/validation). */
function readSelector(selector: Part, problems: Problems): Target | undefined {
  const before = problems.list.length;
  problems.known(selector, ['matchLabels', 'matchExpressions']);
  const labels = problems.part(selector, 'matchLabels');
  for (const [key, value] of Object.entries(labels?.object ?? {})) {
    if (typeof value !== 'string') {
      problems.add(join(selector.path, 'matchLabels', key), `label ${key} is ${nameOf(value)}, and should be a text`);
    }
  }
  for (const [index, item] of problems.items(selector, 'matchExpressions').entries()) {
    readExpression(item, join(selector.path, 'matchExpressions', index), problems);
  }
  return problems.list.length > before ? undefined : { selector: selector.object };
}

function readExpression(item: JsonValue, path: string, problems: Problems): void {
  if (!isObject(item)) {
    problems.add(path, `this is ${nameOf(item)}, and should be {key: …, operator: In, values: [ … ]}`);
    return;
  }
  const part = { object: item, path };
  problems.known(part, ['key', 'operator', 'values']);
  problems.needed(part, 'key', 'app');
  const operator = problems.needed(part, 'operator', 'In');
  const values = problems.items(part, 'values');
  if (operator === undefined) return;
  if (!OPERATORS.includes(operator)) {
    problems.add(
      join(path, 'operator'),
      `operator is ${nameOf(operator)}, and should be one of ${OPERATORS.join(', ')}${didYouMean(operator, OPERATORS)}`,
    );
  } else if (operator.endsWith('In') !== values.length > 0) {
    problems.add(path, operator.endsWith('In') ? `${operator} needs values` : `${operator} takes no values`);
  } else if (values.some((value) => typeof value !== 'string')) {
    problems.add(join(path, 'values'), 'values should be texts');
  }
}

function readZone(spec: Part, problems: Problems): string | undefined {
  const name = problems.needed(spec, 'timeZone', 'Europe/Lisbon');
  if (name === undefined || zoneNamed(name) !== undefined) return name;
  const meant = nearestZone(name);
  const right = meant === undefined ? 'write one as in Europe/Lisbon or Etc/UTC' : `did you mean "${meant}"?`;
  problems.add(join(spec.path, 'timeZone'), `the tz database has no time zone ${nameOf(name)}; ${right}`);
  return undefined;
}

function readOverride(spec: Part, problems: Problems): ScalingSchedule['override'] {
  const read = readScalePart(spec, 'override', [...SCALE, 'until'], problems);
  if (read === undefined) return undefined;
  const until = readMoment(read.part, 'until', problems);
  if (member(read.part.object, 'until') === undefined) {
    problems.add(read.part.path, 'until is missing: what is set by hand ends; write until: "2026-12-01T06:00:00Z"');
  }
  return until === undefined ? undefined : { scale: read.scale, until };
}
