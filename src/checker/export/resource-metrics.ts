import { type HrTime, ValueType } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { CheckerConfig } from '../../core/checker/config.ts';
import { type Metric, metrics, schemaUrl } from '../../core/telemetry/metrics.ts';
import type { AttributeValue, Reading } from '../../core/telemetry/reading.ts';

/** Readings as OpenTelemetry's data model has them: the form that OTLP and Prometheus are written from. */
export interface MetricsForm {
  readonly resource: Resource;
  readonly version: string;
  /** `legacy`: the attribute `cpu` of the Collector's hostmetrics instead of `cpu.logical_number`; `both`: both. */
  readonly semconv: CheckerConfig['semconv'];
  readonly hostId: string;
  readonly vmId: string;
}

const table: ReadonlyMap<string, Metric> = new Map(Object.values(metrics).map((metric) => [metric.name, metric]));

/** Points of a metric are in the order of the readings. A number that is none has no point. */
export function toResourceMetrics(readings: readonly Reading[], form: MetricsForm): ResourceMetrics {
  const byMetric = new Map<Metric, DataPoint<number>[]>();
  for (const reading of readings) {
    const metric = table.get(reading.metric);
    if (metric === undefined || !Number.isFinite(reading.value)) continue;
    const points = byMetric.get(metric) ?? [];
    points.push(toPoint(reading, metric, form));
    byMetric.set(metric, points);
  }
  const scope = { name: 'sysmonvm', version: form.version, schemaUrl };
  const scopeMetrics = [{ scope, metrics: [...byMetric].map(([metric, points]) => toMetricData(metric, points)) }];
  return { resource: form.resource, scopeMetrics };
}

function toMetricData(metric: Metric, dataPoints: DataPoint<number>[]): MetricData {
  const { name, description, unit, instrument, valueType } = metric;
  const common = {
    descriptor: { name, description, unit, valueType: valueType === 'int' ? ValueType.INT : ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints,
  };
  return instrument === 'gauge'
    ? { ...common, dataPointType: DataPointType.GAUGE }
    : { ...common, dataPointType: DataPointType.SUM, isMonotonic: instrument === 'counter' };
}

/** OTLP's word for a time that is not known. */
const unknownTime: HrTime = [0, 0];

const toTime = (epochMs: number): HrTime => {
  const seconds = Math.floor(epochMs / 1000);
  return [seconds, Math.round((epochMs - seconds * 1000) * 1e6)];
};

function toPoint(reading: Reading, metric: Metric, form: MetricsForm): DataPoint<number> {
  return {
    startTime: reading.since === undefined ? unknownTime : toTime(reading.since),
    endTime: toTime(reading.at),
    value: metric.valueType === 'int' ? Math.round(reading.value) : reading.value,
    attributes: {
      ...namedAttributes(reading.attributes, form),
      'sysmonvm.source': reading.source.kind,
      'sysmonvm.quality': reading.quality,
    },
  };
}

function namedAttributes(
  attributes: Reading['attributes'],
  form: MetricsForm,
): Readonly<Record<string, AttributeValue>> {
  if (form.semconv === 'current') return attributes;
  const { 'cpu.logical_number': cpu, ...others } = attributes;
  return {
    ...(form.semconv === 'both' ? attributes : others),
    ...(cpu === undefined ? {} : { cpu: `cpu${cpu}` }),
    ...(form.hostId === '' ? {} : { host_id: form.hostId }),
    ...(form.vmId === '' ? {} : { vm_id: form.vmId }),
  };
}
