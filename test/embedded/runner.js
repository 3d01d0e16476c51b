import TestRunner from 'jest-runner';

/** Runs one suite after another, however many workers there are: all of them work on one API server. */
class OneAfterAnother extends TestRunner {
  isSerial = true;
}

// biome-ignore lint/style/noDefaultExport: jest asks for it
export default OneAfterAnother;
