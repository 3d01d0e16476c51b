/** `weir events types`: what was seen, and who takes it. */
import type { SeenType } from '../../platform/eventing/api/shapes.ts';
import { oneLine } from '../../report/safeText.ts';
import type { CommandContext } from '../command.ts';
import { EXIT } from '../failure.ts';
import { outputFormat } from '../outputFormat.ts';
import { withPlatform } from './platform.ts';
import { queryOf, type SelectionOptions } from './selection.ts';
import { ageText, tableOf } from './table.ts';
import { placeName } from './words.ts';

export interface TypesOptions extends SelectionOptions {
  readonly output: string;
}

export async function types(options: TypesOptions, { io }: CommandContext): Promise<number> {
  const output = outputFormat(options.output, ['text', 'json'] as const);
  return withPlatform(options, io, 'does not know what it has seen', async (platform, namespace) => {
    const text = await platform.get('types', queryOf(options, namespace, io.now()));
    const { items }: { readonly items: readonly SeenType[] } = JSON.parse(text);
    const lines = output === 'json' ? [JSON.stringify(items, null, 2)] : drawTypes(items, io.now());
    io.stdout.write(lines.map((line) => `${line}\n`).join(''));
    return EXIT.clean;
  });
}

export function drawTypes(items: readonly SeenType[], now: Date): string[] {
  if (items.length === 0) return ['no events were seen'];
  const rows = items.map(({ type, source, count, last, topics, lanes }) => [
    oneLine(type),
    oneLine(source),
    String(count),
    ageText(last, now),
    topics.map((topic) => placeName(topic).replace(/^broker /, '')).join(', '),
    lanes.length === 0 ? 'nobody' : lanes.map((lane) => placeName(lane).replace(/^\w+ [^/]*\//, '')).join(', '),
  ]);
  return tableOf([['TYPE', 'SOURCE', 'COUNT', 'LAST', 'INTO', 'TAKEN BY'], ...rows]);
}
