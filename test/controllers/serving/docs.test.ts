import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { KNATIVE_CONTROLLER, KNATIVE_NAMESPACE, KNATIVE_WEBHOOK } from '../../../controllers/serving/installed.ts';
import { KNOWN_DIFFERENCES, NOT_MADE } from '../../../tools/serving-reference/differences.ts';
import { seedServices } from '../../../tools/serving-reference/seeds.ts';

const page = readFileSync('docs/serving.md', 'utf8');

/** The first cells of the table behind a sentence. */
function tableAfter(sentence: string): string[] {
  const [, rest = ''] = page.split(sentence);
  const rows = rest.split('\n').map((line) => line.split(' | ')[0] ?? '');
  const start = rows.findIndex((row) => row.startsWith('|---'));
  const cells: string[] = [];
  for (const row of rows.slice(start + 1)) {
    if (!row.startsWith('| ')) break;
    cells.push(row.slice(2));
  }
  return cells;
}

describe('docs/serving.md', () => {
  it('lists what differs from Knative', () => {
    expect(tableAfter('What differs:')).toEqual(KNOWN_DIFFERENCES.map(({ title }) => title));
  });

  it('lists what is not made', () => {
    expect(tableAfter('What is not made at all').join(', ')).toEqual(NOT_MADE.join(', '));
  });

  it('names what Knative is known by', () => {
    expect(page).toContain(`ValidatingWebhookConfiguration \`${KNATIVE_WEBHOOK}\``);
    expect(page).toContain(`Deployment \`${KNATIVE_CONTROLLER}\` in the namespace \`${KNATIVE_NAMESPACE}\``);
  });

  it('counts the Services out of guides', () => {
    expect(page).toContain(`${seedServices().length} Services out of guides`);
  });
});
