/** The workflows of this repository; `npm run lint:workflows` looks at all else, where Go is. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { readYaml } from '../../src/kubernetes/yaml/read.ts';

const FOLDER = '.github/workflows';
const files = readdirSync(FOLDER);

describe.each(files)('%s', (name) => {
  const text = readFileSync(path.join(FOLDER, name), 'utf8');
  const { documents, errors } = readYaml(text, name);
  const workflow = documents[0]?.value;

  it('is YAML, with no more rights than reading where a job asks for none', () => {
    expect(errors).toEqual([]);
    expect(isObject(workflow) && objectAt(workflow, 'permissions')).toEqual({ contents: 'read' });
    for (const job of Object.values(objectAt(workflow, 'jobs') ?? {})) {
      expect(stringAt(job, 'runs-on')).toMatch(/^ubuntu-\d+\.\d+$/);
    }
  });

  it('runs no action but by the digest of its commit, with the version beside it', () => {
    const uses = [...text.matchAll(/uses: *(.*)$/gm)].map(([, action = '']) => action);
    expect(uses.length).toBeGreaterThan(2);
    expect(uses.filter((action) => !/^[a-z0-9-]+\/[a-z0-9-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
  });
});
