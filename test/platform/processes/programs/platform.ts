/** A platform that starts two programs, one of which leaves its group and one of which minds no signal, and waits to be killed. */
import { SILENT } from '../../../../src/kubernetes/log.ts';
import { startProcesses } from '../../../../src/platform/processes/start.ts';

const [folder = ''] = process.argv.slice(2);
const processes = startProcesses({ folder, log: SILENT, environment: { PATH: process.env.PATH } });
const output = {
  write(_: string, bytes: Uint8Array) {
    process.stdout.write(bytes);
    return undefined;
  },
  close() {},
};
const stubborn = 'process.on("SIGTERM", () => {}); console.log(process.pid); setInterval(() => {}, 1e6)';
const leaving = `const child = require("node:child_process").spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
  child.on("spawn", () => console.log(process.pid + "\\n" + child.pid)); setInterval(() => {}, 1e6)`;
for (const code of [stubborn, leaving]) {
  await processes.start({ command: [process.execPath, '-e', code], cwd: '/', env: {}, output });
}
setInterval(() => {}, 1e6);
