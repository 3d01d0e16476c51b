/** How much is measured: enough for figures that hold, or enough to see that everything works. */

export interface Sizes {
  readonly rounds: number;
  readonly warmUp: number;
  /** Seconds of each measurement. */
  readonly seconds: number;
  /** Reviews over which the memory must stay flat. */
  readonly memory: number;
  /** Of each lap. */
  readonly hostile: number;
  /** Requests to the API server in each round and way. */
  readonly apiServerRequests: number;
}

export const FULL: Sizes = {
  rounds: 3,
  warmUp: 10_000,
  seconds: 10,
  memory: 200_000,
  hostile: 50_000,
  apiServerRequests: 1000,
};
export const QUICK: Sizes = {
  rounds: 1,
  warmUp: 2000,
  seconds: 3,
  memory: 10_000,
  hostile: 2000,
  apiServerRequests: 100,
};

/** Reviews a second in the open loop: the aim's. */
export const RATE = 500;
export const CONNECTIONS = 16;
/** No measurement by count lasts longer than this. */
export const LONGEST_SECONDS = 600;
