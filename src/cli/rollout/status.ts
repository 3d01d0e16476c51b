/** `weir rollout status`: where a rollout stands, once. */
import { lengthText } from '../../schedule/duration.ts';
import { type ClusterOptions, withCluster } from '../cluster.ts';
import type { CommandContext } from '../command.ts';
import { EXIT } from '../failure.ts';
import { outputFormat } from '../outputFormat.ts';
import { draw } from './draw.ts';
import { lookAt } from './look.ts';
import { type View, viewOf } from './view.ts';

export interface InCluster extends ClusterOptions {
  readonly namespace?: string;
}

export interface StatusOptions extends InCluster {
  readonly output: string;
}

export async function status(name: string, options: StatusOptions, { io, colors }: CommandContext): Promise<number> {
  const output = outputFormat(options.output, ['text', 'json'] as const);
  return withCluster(options, io, async (client, namespace) => {
    const view = viewOf(await lookAt(client, options.namespace ?? namespace, name));
    const text =
      output === 'json'
        ? JSON.stringify(jsonOf(view), null, 2)
        : draw(view, io.now(), colors(io.stdout), io.stdout.columns).join('\n');
    io.stdout.write(`${text}\n`);
    return EXIT.clean;
  });
}

/** Every field is there: null where there is nothing to say. */
export function jsonOf(view: View): unknown {
  const steps = view.steps.map(({ pause, ...step }) => ({
    ...step,
    pause: pause === 'person' ? pause : lengthText(pause),
  }));
  return JSON.parse(JSON.stringify({ ...view, steps }, (_, value: unknown) => (value === undefined ? null : value)));
}
