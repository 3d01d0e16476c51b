/** What makes Pods of Jobs, and Jobs of CronJobs. */
import type { MakeController } from '../manager/controller.ts';
import { cronJobController } from './cronJob/controller.ts';
import { jobController } from './job/controller.ts';

export const jobControllers: readonly MakeController[] = [jobController, cronJobController];
