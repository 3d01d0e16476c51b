/** How much there is: the sizes that figures are told for, and small ones to see that everything works. */
export interface Sizes {
  readonly namespaces: number;
  /** Services, each with a Revision, its PodAutoscaler and a schedule. */
  readonly services: number;
  /** For the audit, beside the Services: as many of each of its four kinds. */
  readonly others: number;
  /** Seconds of watching that nothing is asked for. */
  readonly quiet: number;
  /** Seconds throughout which watches are cut. */
  readonly cutting: number;
}

export const FULL: Sizes = { namespaces: 300, services: 10_000, others: 10_000, quiet: 60, cutting: 120 };
export const QUICK: Sizes = { namespaces: 10, services: 100, others: 100, quiet: 5, cutting: 15 };

/** Any of them: far enough apart that their offsets differ, half hours and quarters among them. */
export const ZONES = [
  'Europe/Lisbon',
  'Europe/Berlin',
  'Europe/Kyiv',
  'Africa/Lagos',
  'Africa/Nairobi',
  'Asia/Dubai',
  'Asia/Tehran',
  'Asia/Karachi',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Singapore',
  'Asia/Tokyo',
  'Australia/Adelaide',
  'Australia/Sydney',
  'Pacific/Auckland',
  'Pacific/Honolulu',
  'America/Los_Angeles',
  'America/Denver',
  'America/New_York',
  'America/Sao_Paulo',
] as const;
