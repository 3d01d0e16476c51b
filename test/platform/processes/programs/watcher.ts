/** A platform that has a guardian watch a group that is there already, and waits to be killed. */
import { SILENT } from '../../../../src/kubernetes/log.ts';
import { postGuardian } from '../../../../src/platform/processes/guardian.ts';

const [pid = '', graceMs = ''] = process.argv.slice(2);
const guardian = postGuardian('no-mark-of-anybody', SILENT, Number(graceMs));
guardian.watch(Number(pid));
process.stdout.write(`${guardian.pid}\n`);
setInterval(() => {}, 1e6);
