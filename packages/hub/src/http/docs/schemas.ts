import {
  Action,
  ActionStep,
  ApiKey,
  AuditEntry,
  AuditHead,
  DayMark,
  DiscoveredService,
  Expectation,
  FleetDay,
  HeldHead,
  HttpProbe,
  HubInfo,
  LiveEvent,
  Maintenance,
  MetricHistory,
  MetricSample,
  OrderResult,
  Probe,
  ProbeReport,
  Problem,
  RecentMetrics,
  Server,
  ServerFacts,
  ServerMetrics,
  Service,
  ServiceSnapshot,
  Session,
  StreamBeat,
  StreamHello,
  TcpProbe,
  Why,
  Witness,
} from '@homelabcmd/protocol';
import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The shapes that the document names; each stands in it once, and is referred to everywhere else. */
const NAMED = {
  ...{
    Server,
    ServerFacts,
    Maintenance,
    Service,
    DiscoveredService,
    Why,
    Probe,
    HttpProbe,
    TcpProbe,
    ProbeReport,
  },
  ...{ Action, ActionStep, Expectation, OrderResult, ServiceSnapshot },
  ...{
    ServerMetrics,
    MetricSample,
    RecentMetrics,
    MetricHistory,
    FleetDay,
    DayMark,
    HubInfo,
    Session,
    ApiKey,
  },
  ...{ AuditEntry, AuditHead, HeldHead, Witness },
  ...{ Problem, LiveEvent, StreamHello, StreamBeat },
};

const registryOf = (suffix: string) => {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(NAMED)) registry.add(schema, { id: name + suffix });
  return registry;
};
/** What is given may leave out what has a default; so a shape that is given has a name of its own. */
const REGISTRIES = { output: registryOf(''), input: registryOf('Wish') };

/** Turns schemas into JSON Schema with references, and gathers the shapes that they refer to. */
export class Shapes {
  readonly components = new Map<string, JsonSchema>();

  /** @param io `input` for what is sent to the hub, `output` for what it answers */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const metadata = REGISTRIES[io];
    const id = metadata.get(schema)?.id;
    // By itself a named schema would be written out; as a part of something else it is referred to.
    const whole = z.toJSONSchema(id === undefined ? schema : z.array(schema), {
      ...{ io, metadata, reused: 'inline', unrepresentable: 'any' },
      override: ({ jsonSchema }) => {
        // The format says it; the pattern is a page of digits.
        if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      },
    });
    const { $defs = {}, $schema: _, ...rest } = withComponentRefs(whole);
    for (const [name, shape] of Object.entries($defs)) this.components.set(name, shape);
    return id === undefined ? rest : { $ref: `#/components/schemas/${id}` };
  }

  sorted(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.components].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function withComponentRefs(schema: JsonSchema): JsonSchema {
  const moved = (key: string, value: unknown): unknown =>
    key === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', '#/components/schemas/') : value;
  return JSON.parse(JSON.stringify(schema), moved) as JsonSchema;
}
