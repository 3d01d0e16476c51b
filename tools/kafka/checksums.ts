/** Writes jars.sha256 anew, out of a folder of jars that somebody trusts: `node tools/kafka/checksums.ts FOLDER`. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { checksumsOf } from './provide.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder with the jars: node tools/kafka/checksums.ts FOLDER');
writeFileSync(path.join(import.meta.dirname, 'jars.sha256'), checksumsOf(folder));
