/** What a dashboard of ours is made of; json.ts spells it for Grafana. */

export interface Query {
  readonly expr: string;
  /** Grafana's legend, with `{{label}}` for its value. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** One sentence: what is seen, and what would be right. */
  readonly says: string;
  readonly queries: readonly Query[];
  /** Grafana's name of a unit. */
  readonly unit: 'reqps' | 's' | 'percentunit' | 'short' | 'none';
  /** Lines over time unless set: `stat` is one number, `bars` are the highest now. */
  readonly as?: 'stat' | 'bars';
  /** Of 24; 8 unless set. */
  readonly width?: number;
  /** From here on a line across says that it is too much. */
  readonly limit?: number;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A choice at the top of the page. */
export interface Variable {
  readonly name: string;
  readonly label: string;
  /** `label_values(METRIC, LABEL)`. */
  readonly query: string;
}

export interface Dashboard {
  /** Of the file, and Grafana's uid behind `weir-`. */
  readonly name: string;
  readonly title: string;
  readonly says: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}
