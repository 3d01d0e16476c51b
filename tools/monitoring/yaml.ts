/** YAML as it is read by people: expressions as blocks, a sentence on one line. */
import { stringify } from 'yaml';

export function yamlOf(documents: readonly unknown[], comment: string): string {
  const texts = documents.map((document) => stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }));
  return `# Written by tools/generate/monitoring.ts: npm run generate\n# ${comment}\n${texts.join('---\n')}`;
}
