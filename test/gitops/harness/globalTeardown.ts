import { stopWorld } from './start.ts';

async function globalTeardown(): Promise<void> {
  await stopWorld();
}

// biome-ignore lint/style/noDefaultExport: jest asks for it
export default globalTeardown;
