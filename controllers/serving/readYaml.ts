import type { JsonValue } from '../../src/kubernetes/json.ts';
import { readYaml } from '../../src/kubernetes/yaml/read.ts';

/** The first document of a text of YAML, as a ConfigMap holds it; undefined where there is none or it cannot be read. */
export function readOneYaml(text: string): JsonValue | undefined {
  const { documents, errors } = readYaml(text, '');
  return errors.length > 0 ? undefined : documents[0]?.value;
}
