/** Objects in the form that the client asked for: as they are, their metadata alone, or as rows of a table. */
import { isObject, type JsonObject, objectAt } from '../../../kubernetes/json.ts';
import { apiVersionOf, itemTextOf, objectIn, storable, textOf } from '../objects/answers.ts';
import type { Answer } from '../objects/objects.ts';
import type { Resource } from '../resources/resource.ts';
import { badRequest } from '../status/failure.ts';
import type { Page, Stored } from '../store/store.ts';
import type { TableContent } from '../tables/table.ts';
import type { Accepted } from './accept.ts';

const META = 'meta.k8s.io';
const INCLUDED = ['', 'Metadata', 'Object', 'None'] as const;

/** @param objects as they are stored */
export type TableMaker = (resource: Resource, objects: readonly JsonObject[]) => TableContent;

export interface Forms {
  /** The text of one object. */
  one(answer: Answer, resource: Resource): string;
  /** The text of a list, in pieces: as a whole it would take as much memory as all that is stored. */
  list(page: Page, resource: Resource): Iterable<string>;
  /** The text of the object of an event; the columns of a table stand in the first alone. */
  event(stored: Stored, resource: Resource, isFirst: boolean): string;
  /** The text of the object of a bookmark. */
  bookmark(metadata: JsonObject, resource: Resource, isFirst: boolean): string;
  /** Whether texts are the same for all who ask for this form. */
  readonly isPlain: boolean;
}

/** @throws Failure 400 where the query asks for rows that there are none of */
export function formsOf({ form, version }: Accepted, query: URLSearchParams, makeTable: TableMaker): Forms {
  if (form === 'Object') return PLAIN;
  if (form === 'PartialObjectMetadata') return metadataForms(version);
  const included = query.get('includeObject') ?? '';
  if (!INCLUDED.some((each) => each === included)) {
    const why = `includeObject: Invalid value: ${JSON.stringify(included)}: must be 'Metadata', 'Object', 'None', or empty`;
    throw badRequest(`Unable to convert to Table as requested: ${why}`);
  }
  return tableForms(version, included, makeTable);
}

const PLAIN: Forms = {
  isPlain: true,
  one: (answer, resource) =>
    answer.stored === undefined ? JSON.stringify(answer.object) : textOf(answer.stored, resource),
  *list(page, resource) {
    const head = JSON.stringify({
      kind: resource.listKind,
      apiVersion: apiVersionOf(resource),
      // unstructured lists always say it
      metadata: { ...(resource.isCustom && { continue: '' }), ...listMetadata(page) },
    });
    yield `${head.slice(0, -1)},"items":[`;
    let isFirst = true;
    for (const stored of page.items) {
      const text = itemTextOf(stored, resource);
      yield isFirst ? text : `,${text}`;
      isFirst = false;
    }
    yield ']}';
  },
  event: (stored, resource) => textOf(stored, resource),
  bookmark: (metadata, resource) =>
    JSON.stringify({ kind: resource.kind, apiVersion: apiVersionOf(resource), metadata }),
};

/** Of the objects as they are stored: what a version keeps in annotations is not there. */
function metadataForms(version: string): Forms {
  const apiVersion = `${META}/${version}`;
  const partial = (object: JsonObject): JsonObject => ({
    kind: 'PartialObjectMetadata',
    apiVersion,
    metadata: objectAt(object, 'metadata') ?? {},
  });
  return {
    isPlain: false,
    one: (answer) => {
      const object = answer.stored === undefined ? answer.object : answer.stored.object();
      return JSON.stringify(object.kind === 'Status' ? object : partial(object));
    },
    list: (page) => [
      JSON.stringify({
        kind: 'PartialObjectMetadataList',
        apiVersion,
        metadata: listMetadata(page),
        items: page.items.map((stored) => partial(stored.object())),
      }),
    ],
    event: (stored) => JSON.stringify(partial(stored.object())),
    bookmark: (metadata) => JSON.stringify(partial({ metadata })),
  };
}

function tableForms(version: string, included: string, makeTable: TableMaker): Forms {
  const apiVersion = `${META}/${version}`;
  const table = (
    objects: readonly JsonObject[],
    resource: Resource,
    metadata: JsonObject,
    hasColumns: boolean,
  ): string => {
    const stored = objects.map((object) => storable(object, resource));
    const { columnDefinitions, rows } = makeTable(resource, stored);
    const beside = included === 'Object' ? objects : stored;
    return JSON.stringify({
      kind: 'Table',
      apiVersion,
      metadata,
      columnDefinitions: hasColumns ? columnDefinitions : null,
      rows:
        rows?.map((row, index) => ({ ...row, object: includedOf(beside[index] ?? {}, included, apiVersion) })) ?? null,
    });
  };
  const versionOf = (object: JsonObject): JsonObject => {
    const resourceVersion = objectAt(object, 'metadata')?.resourceVersion;
    return resourceVersion === undefined ? {} : { resourceVersion };
  };
  return {
    isPlain: false,
    one: (answer, resource) => {
      const object = answer.stored === undefined ? answer.object : objectIn(answer.stored, resource);
      if (object.kind !== resource.kind) return JSON.stringify(object);
      return table([object], resource, versionOf(object), true);
    },
    list: (page, resource) => [
      table(
        page.items.map((stored) => objectIn(stored, resource)),
        resource,
        listMetadata(page),
        true,
      ),
    ],
    event: (stored, resource, isFirst) => {
      const object = objectIn(stored, resource);
      return table([object], resource, versionOf(object), isFirst);
    },
    bookmark: (metadata, resource, isFirst) => {
      const object = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata };
      return table([object], resource, versionOf(object), isFirst);
    },
  };
}

function includedOf(object: JsonObject, included: string, apiVersion: string): JsonObject | null {
  if (included === 'None') return null;
  if (included === 'Object') return object;
  return { kind: 'PartialObjectMetadata', apiVersion, metadata: isObject(object.metadata) ? object.metadata : {} };
}

function listMetadata(page: Page): JsonObject {
  return {
    resourceVersion: String(page.revision),
    ...(page.continue !== undefined && { continue: page.continue }),
    ...(page.remaining !== undefined && { remainingItemCount: page.remaining }),
  };
}
