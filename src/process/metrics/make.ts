/** Metrics of the catalogue, in a registry. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { METRICS, type Metric, type MetricName } from './catalogue.ts';

type NamesOf<Type extends Metric['type']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends Type ? Name : never;
}[MetricName];
type LabelsOf<Name extends MetricName> = (typeof METRICS)[Name]['labels'][number];

/** One that another part of the process has made already is the same. */
export function counter<Name extends NamesOf<'counter'>>(registry: Registry, name: Name): Counter<LabelsOf<Name>> {
  const known = registry.getSingleMetric(name);
  return known instanceof Counter ? known : new Counter(partsOf(registry, name));
}

export function histogram<Name extends NamesOf<'histogram'>>(
  registry: Registry,
  name: Name,
): Histogram<LabelsOf<Name>> {
  const known = registry.getSingleMetric(name);
  const { buckets }: Metric = METRICS[name];
  return known instanceof Histogram
    ? known
    : new Histogram({ ...partsOf(registry, name), buckets: [...(buckets ?? [])] });
}

export function gauge<Name extends NamesOf<'gauge'>>(registry: Registry, name: Name): Gauge<LabelsOf<Name>> {
  const known = registry.getSingleMetric(name);
  return known instanceof Gauge ? known : new Gauge(partsOf(registry, name));
}

/** One that is read when it is asked for; labels of the last time go. */
export function readGauge<Name extends NamesOf<'gauge'>>(
  registry: Registry,
  name: Name,
  read: (gauge: Gauge<LabelsOf<Name>>) => void,
): void {
  new Gauge({
    ...partsOf(registry, name),
    collect() {
      this.reset();
      read(this);
    },
  });
}

/** One whose number somebody else counts. */
export function readCounter<Name extends NamesOf<'counter'>>(registry: Registry, name: Name, read: () => number): void {
  new Counter({
    ...partsOf(registry, name),
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

function partsOf<Name extends MetricName>(
  registry: Registry,
  name: Name,
): { name: string; help: string; labelNames: LabelsOf<Name>[]; registers: Registry[] } {
  const { help, labels }: { readonly help: string; readonly labels: readonly LabelsOf<Name>[] } = METRICS[name];
  return { name, help, labelNames: [...labels], registers: [registry] };
}
