/** What bin/weir.js does with the program once it is built. */
import { main } from '../../../src/cli/main.ts';

process.exitCode = await main(process.argv.slice(2));
