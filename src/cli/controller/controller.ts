/** `weir controller` */
import type { CommandContext } from '../command.ts';
import { EXIT } from '../failure.ts';
import { asFailure } from '../serve/asFailure.ts';
import { type RawControllerOptions, readControllerOptions } from './options.ts';
import { loadControllers } from './server.ts';

export async function controller(raw: RawControllerOptions, { io }: CommandContext): Promise<number> {
  const options = readControllerOptions(raw, io);
  const { runControllers } = await loadControllers();
  await runControllers(options, { environment: io.env }).catch(asFailure);
  return EXIT.clean;
}
