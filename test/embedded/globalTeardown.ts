import { rmSync } from 'node:fs';
import { whatRuns } from './shared.ts';

async function globalTeardown(): Promise<void> {
  const running = whatRuns();
  await running?.program.kill();
  if (running !== undefined) rmSync(running.folder, { recursive: true, force: true });
}

// biome-ignore lint/style/noDefaultExport: jest asks for it
export default globalTeardown;
