/** What of overlays/components is written from code; `npm run generate` runs it with the rest. */
import { writeGenerated } from '../generate/generated.ts';
import { openReports, openReportsFile } from './openReports.ts';

writeGenerated(openReportsFile, openReports());
