/** The documents of a folder of manifests, each in a namespace of its own, since their names repeat. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isObject, type JsonObject, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import { readManifests } from '../../../../src/kubernetes/yaml/read.ts';

export interface Document {
  /** File and number, as `orders.yaml#2`. */
  readonly title: string;
  readonly object: JsonObject;
}

export interface Documents {
  readonly documents: readonly Document[];
  /** What is no resource, each a sentence: `weir check` says so, too, and there is nothing to apply. */
  readonly unreadable: readonly string[];
}

export function documentsIn(folder: string): Documents {
  const documents: Document[] = [];
  const unreadable: string[] = [];
  for (const file of filesIn(folder)) {
    const read = readManifests(readFileSync(path.join(folder, file)), file);
    for (const [index, { object }] of read.documents.entries()) {
      const number = read.documents.length === 1 ? '' : `#${index + 1}`;
      documents.push({ title: `${file}${number}`, object });
    }
    unreadable.push(...read.errors.map(({ message }) => `${file}: ${message}`));
  }
  return { documents, unreadable };
}

function filesIn(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`${folder} is no folder`);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort();
}

const CLUSTER_SCOPED: ReadonlySet<string> = new Set(['ClusterRole', 'ClusterRoleBinding', 'Namespace']);

export function isClusterScoped({ kind }: JsonObject): boolean {
  return typeof kind === 'string' && CLUSTER_SCOPED.has(kind);
}

/** The object in another namespace; whoever names a namespace in its metadata would else not get there. */
export function inNamespace(object: JsonObject, namespace: string): JsonObject {
  if (isClusterScoped(object)) return object;
  const metadata = objectAt(object, 'metadata');
  return metadata === undefined && isObject(object.metadata)
    ? object
    : { ...object, metadata: { ...metadata, namespace } };
}

export function kindOf(object: JsonObject): string {
  return `${stringAt(object, 'apiVersion')} ${stringAt(object, 'kind')}`;
}
