/**
 * GitHubSource of sources.knative.dev/v1alpha1, and the events that it makes of GitHub's webhooks
 * (knative-extensions/eventing-github pkg/apis/sources/v1alpha1, pkg/common/events.go, pkg/common/handler.go).
 */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  type Step,
  stringAt,
  textsAt,
  valueAt,
} from '../../../kubernetes/json.ts';

const TYPE = 'dev.knative.source.github';

/** Where in a payload something stands. */
type Way = readonly Step[];

interface Told {
  readonly subject: Way | ((payload: JsonObject) => string);
  /** By their names; those of `REPOSITORY`, `ACTED` and so on come before them. */
  readonly extensions: Readonly<Record<string, Way>>;
}

const SENT = { sender: ['sender', 'login'] } as const;
const REPOSITORY = { owner: ['repository', 'owner', 'login'], repository: ['repository', 'name'], ...SENT } as const;
const ACTED = { ...REPOSITORY, action: ['action'] } as const;
const INSTALLED = { ...ACTED, installation: ['installation', 'id'] } as const;
const OF_ORGANIZATION = { owner: ['organization', 'login'], ...SENT, action: ['action'] } as const;

/** What is told of each event. Of one that is not here, GitHub's adapter knows nothing either. */
const EVENTS: Readonly<Record<string, Told>> = {
  check_run: { subject: ['check_run', 'id'], extensions: ACTED },
  check_suite: { subject: ['check_suite', 'id'], extensions: ACTED },
  commit_comment: { subject: lastOf(['comment', 'html_url']), extensions: ACTED },
  create: { subject: ['ref_type'], extensions: { ...REPOSITORY, ref: ['ref'] } },
  delete: { subject: ['ref_type'], extensions: { ...REPOSITORY, ref: ['ref'] } },
  deployment: { subject: ['deployment', 'id'], extensions: REPOSITORY },
  deployment_status: { subject: ['deployment', 'id'], extensions: REPOSITORY },
  fork: { subject: ['forkee', 'id'], extensions: REPOSITORY },
  gollum: { subject: pageNames, extensions: REPOSITORY },
  installation: installation(),
  installation_repositories: installation(),
  integration_installation: installation(),
  integration_installation_repositories: installation(),
  issue_comment: { subject: lastOf(['comment', 'html_url']), extensions: ACTED },
  issues: {
    subject: ['issue', 'number'],
    extensions: { ...ACTED, label: ['label', 'name'], assignee: ['assignee', 'login'] },
  },
  label: { subject: ['label', 'name'], extensions: { ...ACTED, label: ['label', 'name'] } },
  member: { subject: ['member', 'id'], extensions: ACTED },
  membership: {
    subject: ['member', 'id'],
    extensions: { ...OF_ORGANIZATION, scope: ['scope'] },
  },
  milestone: { subject: ['milestone', 'number'], extensions: ACTED },
  organization: { subject: ['action'], extensions: OF_ORGANIZATION },
  org_block: { subject: ['action'], extensions: OF_ORGANIZATION },
  page_build: { subject: ['id'], extensions: REPOSITORY },
  ping: { subject: ['hook_id'], extensions: REPOSITORY },
  project: { subject: ['action'], extensions: ACTED },
  project_card: { subject: ['action'], extensions: ACTED },
  project_column: { subject: ['action'], extensions: ACTED },
  public: { subject: ['repository', 'id'], extensions: REPOSITORY },
  pull_request: {
    subject: ['pull_request', 'number'],
    extensions: { ...INSTALLED, number: ['number'], label: ['label', 'name'], assignee: ['assignee', 'login'] },
  },
  pull_request_review: { subject: ['review', 'id'], extensions: { ...INSTALLED, review: ['review', 'state'] } },
  pull_request_review_comment: { subject: ['comment', 'id'], extensions: INSTALLED },
  push: {
    subject: lastOf(['compare']),
    extensions: {
      ...REPOSITORY,
      installation: ['installation', 'id'],
      pusher: ['pusher', 'name'],
      ref: ['ref'],
      created: ['created'],
      deleted: ['deleted'],
      forced: ['forced'],
    },
  },
  release: { subject: ['release', 'tag_name'], extensions: { ...INSTALLED, release: ['release', 'name'] } },
  repository: { subject: ['repository', 'id'], extensions: ACTED },
  repository_vulnerability_alert: { subject: ['alert', 'id'], extensions: { action: ['action'] } },
  security_advisory: { subject: ['security_advisory', 'ghsa_id'], extensions: { action: ['action'] } },
  status: { subject: ['sha'], extensions: { ...REPOSITORY, state: ['state'], name: ['name'], context: ['context'] } },
  team: { subject: ['team', 'id'], extensions: { ...SENT, action: ['action'] } },
  team_add: { subject: ['repository', 'id'], extensions: REPOSITORY },
  watch: { subject: ['repository', 'id'], extensions: ACTED },
};

function installation(): Told {
  return {
    subject: ['installation', 'id'],
    extensions: { installation: ['installation', 'id'], ...SENT, action: ['action'] },
  };
}

/** `a10867b14bb7...000000000000` of a URL that ends so. */
function lastOf(way: Way): (payload: JsonObject) => string {
  return (payload) => {
    const url = stringAt(payload, ...way) ?? '';
    return url.includes('/') ? url.slice(url.lastIndexOf('/') + 1) : '';
  };
}

function pageNames(payload: JsonObject): string {
  return arrayAt(payload, 'pages')
    .map((page) => stringAt(page, 'page_name') ?? '')
    .join(',');
}

export function isGitHubEvent(name: string): boolean {
  return Object.hasOwn(EVENTS, name);
}

/** What is wrong with the spec, as the definition of the kind would refuse it. */
export function gitHubProblem(source: JsonObject): string | undefined {
  if ((stringAt(source, 'spec', 'ownerAndRepository') ?? '') === '') {
    return '/spec/ownerAndRepository: missing; name the repository, such as my-org/shop, or the organization alone';
  }
  const types = textsAt(source, 'spec', 'eventTypes');
  if (types.length === 0) return '/spec/eventTypes: missing; name the events that are wanted, such as push';
  const unknown = types.find((type) => !isGitHubEvent(type));
  return unknown === undefined ? undefined : `/spec/eventTypes: ${JSON.stringify(unknown)} is no event of GitHub`;
}

export function gitHubOrigins(source: JsonObject): { readonly type: string; readonly source: string }[] {
  return textsAt(source, 'spec', 'eventTypes').map((type) => ({ type: `${TYPE}.${type}`, source: originOf(source) }));
}

function originOf(source: JsonObject): string {
  return `https://github.com/${stringAt(source, 'spec', 'ownerAndRepository') ?? ''}`;
}

export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** Where the secret stands by which GitHub signs. */
export function gitHubSecret(source: JsonObject): SecretKey | undefined {
  const reference = objectAt(source, 'spec', 'secretToken', 'secretKeyRef');
  const [name = '', key = ''] = [stringAt(reference, 'name'), stringAt(reference, 'key')];
  return name === '' || key === '' ? undefined : { name, key };
}

/** The attributes of one webhook's event, without its time. Its data is the payload, as it came. */
export function gitHubAttributes(
  source: JsonObject,
  { event, delivery, payload }: { readonly event: string; readonly delivery: string; readonly payload: JsonObject },
): Map<string, string> {
  const told = EVENTS[event];
  const attributes = new Map([
    ['specversion', '1.0'],
    ['id', delivery],
    ['type', `${TYPE}.${event}`],
    ['source', originOf(source)],
    ['datacontenttype', 'application/json'],
  ]);
  if (told === undefined || !isGitHubEvent(event)) return attributes;
  const subject =
    typeof told.subject === 'function' ? told.subject(payload) : textOf(valueAt(payload, ...told.subject));
  if (subject.trim() !== '') attributes.set('subject', subject);
  for (const [name, way] of Object.entries(told.extensions)) {
    const value = valueAt(payload, ...way);
    // what is not there is left out, where the adapter writes what Go has for nothing
    if (value !== undefined && value !== null && !isObject(value)) attributes.set(name, textOf(value));
  }
  return attributes;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
