import { describe, expect, it } from '@jest/globals';
import { arrayAt, isObject, type JsonObject, objectAt } from '../../../../src/kubernetes/json.ts';
import { groupVersions } from '../../../../src/platform/apiserver/http/discovery.ts';
import { OpenApiDocuments } from '../../../../src/platform/apiserver/http/openapi.ts';
import { builtinResources } from '../../../../src/platform/apiserver/resources/builtin.ts';
import { customResources } from '../../../../src/platform/apiserver/resources/custom/resources.ts';
import { WIDGETS } from './widgets.ts';

const resources = builtinResources();
const all = groupVersions([...resources, ...customResources(WIDGETS)]);
const documents = new OpenApiDocuments('v1.36.3');

describe('the index', () => {
  it('names a document for each version, with its hash', async () => {
    const { paths } = await documents.index(all);
    const { hash } = await documents.document(find('apps'));
    expect(objectAt({ paths }, 'paths', 'apis/apps/v1')).toEqual({
      serverRelativeURL: `/openapi/v3/apis/apps/v1?hash=${hash}`,
    });
    expect(Object.keys(isObject(paths) ? paths : {})).toContain('api/v1');
    expect(hash).toMatch(/^[0-9A-F]{128}$/);
  });
});

describe('a document', () => {
  it('tells kubectl what it asks for: patch types, dryRun, fieldValidation, and the kind', async () => {
    const patch = objectAt(
      await read('apps'),
      'paths',
      '/apis/apps/v1/namespaces/{namespace}/deployments/{name}',
      'patch',
    );
    expect(patch?.['x-kubernetes-group-version-kind']).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment' });
    expect(patch?.['x-kubernetes-action']).toBe('patch');
    expect(Object.keys(objectAt(patch, 'requestBody', 'content') ?? {})).toEqual([
      'application/apply-patch+yaml',
      'application/json-patch+json',
      'application/merge-patch+json',
      'application/strategic-merge-patch+json',
    ]);
    expect(parametersOf(patch)).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force']);
  });

  it('has the kinds with their fields and descriptions', async () => {
    const schema = objectAt(await read('apps'), 'components', 'schemas', 'io.k8s.api.apps.v1.Deployment');
    expect(schema?.['x-kubernetes-group-version-kind']).toEqual([{ group: 'apps', kind: 'Deployment', version: 'v1' }]);
    expect(objectAt(schema, 'properties', 'spec')).toMatchObject({
      allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec' }],
    });
    expect(String(schema?.description)).toMatch(/Deployment/);
  });

  it('has custom kinds, with what every object has', async () => {
    const document = await read('gold.example.com');
    const schema = objectAt(document, 'components', 'schemas', 'com.example.gold.v1.Widget');
    expect(schema).toMatchObject({
      description: 'A widget.',
      type: 'object',
      properties: {
        apiVersion: { type: 'string' },
        metadata: { allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }] },
        spec: {
          required: ['color'],
          properties: {
            color: { type: 'string', default: 'red' },
            port: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
          },
        },
      },
      'x-kubernetes-group-version-kind': [{ group: 'gold.example.com', kind: 'Widget', version: 'v1' }],
    });
    const schemas = objectAt(document, 'components', 'schemas') ?? {};
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(['com.example.gold.v1.WidgetList', META_OBJECT]));
    const item = objectAt(
      document,
      'paths',
      '/apis/gold.example.com/v1/namespaces/{namespace}/widgets/{name}',
      'patch',
    );
    expect(Object.keys(objectAt(item, 'requestBody', 'content') ?? {})).not.toContain(
      'application/strategic-merge-patch+json',
    );
  });

  it('leads to no definition that is not there', async () => {
    for (const groupVersion of all) {
      const { text } = await documents.document(groupVersion);
      const document: JsonObject = JSON.parse(text);
      const known = Object.keys(objectAt(document, 'components', 'schemas') ?? {});
      const named = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '');
      expect(named.filter((name) => !known.includes(name))).toEqual([]);
    }
  });

  it('is made once, and again when its resources change', async () => {
    expect(documents.document(find('apps'))).toBe(documents.document(find('apps')));
    const before = await documents.document(find('gold.example.com'));
    const spec = objectAt(WIDGETS, 'spec') ?? {};
    const [version] = arrayAt(spec, 'versions').filter(isObject);
    const schema = { openAPIV3Schema: { type: 'object', description: 'Another.' } };
    const changed = customResources({ ...WIDGETS, spec: { ...spec, versions: [{ ...version, schema }] } });
    const [group] = groupVersions(changed);
    if (group === undefined) throw new Error('nothing is served');
    const after = await documents.document(group);
    expect(after.hash).not.toBe(before.hash);
  });
});

const META_OBJECT = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

function find(group: string) {
  const found = all.find((each) => each.group === group);
  if (found === undefined) throw new Error(`${group} is not served`);
  return found;
}

async function read(group: string): Promise<JsonObject> {
  return JSON.parse((await documents.document(find(group))).text);
}

function parametersOf(operation: JsonObject | undefined): unknown[] {
  return arrayAt(operation, 'parameters').map((parameter) => (isObject(parameter) ? parameter.name : undefined));
}
