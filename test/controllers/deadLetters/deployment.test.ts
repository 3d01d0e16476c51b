import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { deploymentOf, programOf } from '../../../controllers/deadLetters/resources/deployment.ts';
import { objectAt, textsAt } from '../../../src/kubernetes/json.ts';
import { folderWith, weir } from '../../cli/harness.ts';
import { objectsOf, only } from '../../overlays/read.ts';

const shipped = only(objectsOf('overlays/base/controller-deployment.yaml'), 'Deployment');
const program = programOf(shipped) ?? { image: '', pod: {} };

describe('the pod of a sink', () => {
  it('is known from the Deployment of the controllers that ships', () => {
    const own = objectAt(shipped, 'spec', 'template', 'spec') ?? {};
    expect(program).toEqual({
      image: objectAt(own, 'containers', 0)?.image,
      pod: { imagePullSecrets: own.imagePullSecrets, priorityClassName: own.priorityClassName },
    });
  });

  it.each([
    [1024 * 1024, '1h'],
    [2 ** 60, '87600h'],
  ])('calls weir as it can be called, with %d bytes and %s', async (bytes, age) => {
    const deployment = deploymentOf('prod', program, { bytes, age });
    const args = textsAt(deployment, 'spec', 'template', 'spec', 'containers', 0, 'args');
    // it gets as far as its file, whose folder is none here
    const file = `--file=${path.join(folderWith({ none: '' }), 'none', 'letters.db')}`;
    const { code, stderr } = await weir(args.map((arg) => (arg.startsWith('--file=') ? file : arg)));
    expect(code).toBe(2);
    expect(stderr).toContain('dead letters cannot be taken');
  });
});
