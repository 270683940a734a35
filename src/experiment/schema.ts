import { configSchema } from '../options/schema';
import { isOfWorkload } from '../options/table';
import { NOT_IN_SETTINGS } from './messages';
import { podSchema } from './pod/pod-image';
import { poolsSchema, poolsSchemaForEditors } from './pool-schema';

type Schema = { readonly [key: string]: unknown };

const TEXT = { type: 'string' };
const SCALAR = { type: ['string', 'number', 'boolean'] };
const MAP = { type: ['object', 'null'] };
const PARAMS = { ...MAP, description: 'params of the measured workload' };
/** A metric, or a percentile of a histogram; see figure.ts for what it must be. */
const OF = { ...TEXT, description: 'metric, or percentile of a histogram such as write-latency.p99' };
/** The value of an axis that has a value for each class of `pools`. */
export const ALL_POOLS = 'pools';
const AMOUNT = { type: ['string', 'number'] };

/** The settings of virtwork.yaml that an experiment may have. */
function settingsOf(config: { readonly properties: Schema }, isUsed: (key: string) => boolean): Schema {
  const used = Object.entries(config.properties).filter(([key]) => !Object.hasOwn(NOT_IN_SETTINGS, key) && isUsed(key));
  return Object.fromEntries(used);
}

/** JSON Schema of the file of an experiment, for editors. */
export function experimentSchema(): object {
  const config = configSchema() as { readonly properties: Schema };
  const { workloads } = config.properties;
  const ofGroups = settingsOf(config, isOfWorkload);
  const settings = { ...MAP, additionalProperties: false, properties: settingsOf(config, () => true) };
  const value = { ...MAP, additionalProperties: false, properties: { ...ofGroups, params: PARAMS, workloads, pod: podSchema() } };
  const axis = {
    description: 'an axis: a list of values of the setting or param with this name, or names and what each sets',
    anyOf: [
      { type: 'array', items: SCALAR },
      { type: 'object', additionalProperties: value },
      { const: ALL_POOLS, description: 'all classes of pools' },
    ],
  };
  const ramp = {
    type: 'object',
    additionalProperties: false,
    required: ['from', 'to', 'until'],
    properties: {
      from: { type: 'integer', minimum: 1 },
      to: { type: 'integer', minimum: 1 },
      until: { ...TEXT, description: 'where the ramp ends, such as write-latency.p99 > 5ms' },
    },
  };
  const vmCount = { anyOf: [...axis.anyOf, { type: 'object', additionalProperties: false, required: ['ramp'], properties: { ramp } }] };
  const schema = baseSchema();
  return {
    ...schema,
    properties: {
      ...schema.properties,
      settings: { ...schema.properties.settings, ...settings },
      workloads,
      pools: poolsSchemaForEditors(),
      matrix: {
        ...schema.properties.matrix,
        properties: { vm_count: { description: axis.description, ...vmCount } },
        additionalProperties: axis,
      },
    },
  };
}

/** The schema by which a file is checked: what settings, params, workloads and axes are, is checked with more knowledge elsewhere. */
export function baseSchema() {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Experiment of virtwork',
    type: 'object',
    additionalProperties: false,
    properties: {
      name: { ...TEXT, description: 'name of the experiment and of its folder (default: the name of the file)' },
      question: { ...TEXT, description: 'what the experiment answers, for the report' },
      extends: {
        description: 'experiments that this file overrides: paths, or names such as fio-bench/rank',
        type: ['string', 'array'],
        items: TEXT,
      },
      tuning: {
        description: 'how the cluster is tuned while the experiment runs, for the report: a string, or a map of words',
        type: ['string', 'object'],
        additionalProperties: SCALAR,
      },
      workload: { ...TEXT, description: 'catalog entry that is measured' },
      settings: { ...MAP, description: 'settings of all groups, as in virtwork.yaml' },
      params: PARAMS,
      workloads: { ...MAP, description: 'workloads next to the measured one, as in virtwork.yaml' },
      pools: poolsSchema(),
      matrix: { ...MAP, description: 'axes: what differs between the measurements' },
      exclude: rows('combinations that are not measured: a value or a glob by axis'),
      include: rows('combinations that are measured in addition: a value or a glob by axis'),
      repeats: { type: 'integer', minimum: 1, maximum: 999, default: 1, description: 'how often each combination is measured' },
      order: { enum: ['random', 'listed'], default: 'random', description: 'order of the groups, and of the trials in each repeat' },
      seed: {
        type: 'integer',
        minimum: 0,
        maximum: 2 ** 32 - 1,
        default: 1,
        description: 'number from which the random order follows',
      },
      baseline: { ...row(), description: 'values with which the others are compared' },
      steady: {
        description: 'when a measurement counts as steady, as by SNIA',
        type: 'object',
        additionalProperties: false,
        required: ['of'],
        properties: {
          of: OF,
          rounds: { type: 'integer', minimum: 2, maximum: 100, default: 5, description: 'rounds of equal length' },
          spread: { ...AMOUNT, default: '20%', description: 'maximum range of the rounds, as a share of their mean' },
          slope: { ...AMOUNT, default: '10%', description: 'maximum rise or fall over the rounds, as a share of their mean' },
        },
      },
      layers: {
        description:
          'values of an axis of which each runs on top of the one before: the report flags one that is faster than what it runs on',
        type: 'object',
        additionalProperties: false,
        required: ['axis', 'order'],
        properties: {
          axis: { ...TEXT, description: 'axis that has the layers as values' },
          order: { type: 'array', items: SCALAR, minItems: 2, description: 'values from the bottom, such as [local, pod, vm]' },
        },
      },
      score: {
        description: 'figures by which the values of the axes are ranked; a value or a glob by axis limits a figure',
        type: 'array',
        items: row({ of: OF, weight: { type: 'number', exclusiveMinimum: 0, default: 1, description: 'share of the score' } }, ['of']),
      },
      expect: {
        description: 'limits of figures; a value or a glob by axis limits what they apply to',
        type: 'array',
        items: row(
          {
            of: OF,
            'at-most': { ...AMOUNT, description: 'maximum, with or without a unit, such as 10ms' },
            'at-least': { ...AMOUNT, description: 'minimum, with or without a unit, such as 20k' },
            'worse-than-baseline-by-at-most': { ...AMOUNT, description: 'maximum difference from the baseline, such as 5%' },
          },
          ['of'],
        ),
      },
    },
  };
}

function rows(description: string) {
  return { description, type: 'array', items: row() };
}

function row(properties: Schema = {}, required: readonly string[] = []) {
  return { type: 'object', ...(required.length > 0 ? { required } : {}), properties, additionalProperties: SCALAR };
}
