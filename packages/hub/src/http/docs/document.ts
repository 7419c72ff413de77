import {
  API_BASE,
  api,
  AS_OF_HEADER,
  EVENTS_PATH,
  LiveEvent,
  POLICY,
  PROBLEMS,
  Problem,
  type ProblemCode,
  roleFor,
  type RouteContract,
  type RoutePolicy,
  ServerMetrics,
  StreamBeat,
  StreamHello,
} from '@homelabcmd/protocol';
import { type JsonSchema, Shapes } from './schemas.ts';

interface Media {
  readonly schema: JsonSchema;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly description?: string;
}

interface Answer {
  readonly description: string;
  readonly headers?: Record<string, { description: string; schema: JsonSchema }>;
  readonly content?: Record<string, Media>;
}

export interface Operation {
  /** The route's name in the contract. */
  readonly operationId: string;
  readonly summary: string;
  /** Who may. */
  readonly description?: string;
  readonly tags: readonly string[];
  /** Empty for a route that needs no key. */
  readonly security?: readonly [];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, Media> };
  readonly responses: Record<string, Answer>;
}

export interface OpenApi {
  readonly openapi: string;
  readonly info: { title: string; version: string; description: string; license: object };
  readonly servers: readonly { url: string }[];
  readonly tags: readonly { name: string; description: string }[];
  readonly security: readonly object[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, object> };
}

const JSON_TYPE = 'application/json';
const TAGS = [
  {
    name: 'session',
    description: 'Signing in and out. Programs need none of it: they send their key each time.',
  },
  { name: 'people', description: 'Who may sign in, and what they may do.' },
  { name: 'keys', description: 'API keys, for programs and for people who sign in.' },
  { name: 'servers', description: 'The machines that are watched.' },
  { name: 'enrolment', description: 'How a server gets its agent.' },
  { name: 'services', description: 'What should run on a server, and what does.' },
  {
    name: 'actions',
    description: 'Requests to change something: asked for, decided, carried out, verified.',
  },
  {
    name: 'guards',
    description:
      'Who or what may approve, what holds automation back, and the switch that stops every order.',
  },
  { name: 'metrics', description: 'Readings of the servers.' },
  {
    name: 'alerts',
    description: 'What needs somebody, one alert for each cause, and what is watched for it.',
  },
  { name: 'notifications', description: 'Who and what is told of alerts and events, and how.' },
  {
    name: 'audit',
    description: 'Who did what, kept for ever as a chain, and the agents that were shown its head.',
  },
  { name: 'hub', description: 'The hub itself, and the day of the whole fleet.' },
  { name: 'events', description: 'Everything that happens, as it happens.' },
];

/** The OpenAPI 3.1 document, made from the contract that the hub itself is mounted from. */
export function openApiOf({ version, basePath }: { version: string; basePath: string }): OpenApi {
  const shapes = new Shapes();
  const paths: OpenApi['paths'] = {};
  const put = (path: string, method: string, operation: Operation) => {
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
  };
  for (const [name, contract] of Object.entries(api) as [string, RouteContract][])
    put(pathOf(contract), contract.method, operationOf(name as keyof typeof api, contract, shapes));
  put(API_BASE + EVENTS_PATH, 'GET', streamOperation(shapes));
  return {
    openapi: '3.1.0',
    info: { title: 'HomelabCmd', version, description: 'The API of the hub.', license: { name: 'MIT' } },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    tags: TAGS,
    security: [{ apiKey: [] }, { bearer: [] }, { session: [] }],
    paths,
    components: {
      schemas: shapes.sorted(),
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'homelabcmd_session' },
      },
    },
  };
}

const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 255 },
  description:
    'A name of your choice for this one wish: sent again within two days, it is answered as the first time',
};

const pathOf = (contract: RouteContract): string => API_BASE + contract.path.replaceAll(/:(\w+)/g, '{$1}');

function operationOf(operationId: keyof typeof api, contract: RouteContract, shapes: Shapes): Operation {
  const { body } = contract;
  const policy: RoutePolicy = POLICY.routes[operationId];
  const isOpen = policy.needs === 'anyone';
  return {
    operationId,
    summary: contract.summary,
    tags: [contract.tag],
    description: whoMay(policy),
    ...(isOpen ? { security: [] } : {}),
    parameters: [
      ...parametersOf('path', contract.params, shapes),
      ...parametersOf('query', contract.query, shapes),
      ...(contract.once ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(body
      ? {
          requestBody: {
            required: !body.safeParse(undefined).success,
            content: { [JSON_TYPE]: { schema: shapes.of(body, 'input') } },
          },
        }
      : {}),
    responses: {
      [contract.status]: answerOf(contract, shapes),
      ...problemsOf(problemCodes(contract, policy), shapes),
    },
  };
}

/** One sentence of who may use a route, from the table that the hub itself asks. */
function whoMay({ needs, proof, foreign, person }: RoutePolicy): string {
  if (needs === 'anyone') return 'Open to anyone.';
  const who =
    needs === 'signed_in' ? 'Everybody who is known' : `Needs the scope ${needs} (role ${roleFor(needs)})`;
  const others = foreign === undefined ? '' : `; for what is not your own, ${foreign} too`;
  const people = person ? ', and only a person who is signed in by name' : '';
  const proved =
    proof === undefined
      ? ''
      : ` A session must have been proved in the last ${proof === 'fresh' ? '5 min' : '12 h'}.`;
  return `${who}${others}${people}.${proved}`;
}

function parametersOf(place: 'path' | 'query', schema: RouteContract['params'], shapes: Shapes): Parameter[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = shapes.of(schema, 'input');
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property as JsonSchema,
  }));
}

function answerOf(contract: RouteContract, shapes: Shapes): Answer {
  const asOf = {
    [AS_OF_HEADER]: {
      description: 'The newest event that this answer is sure to include',
      schema: { type: 'integer' } as const,
    },
  };
  const headers = contract.method === 'GET' ? { headers: asOf } : {};
  if (contract.status === 204) return { description: 'Done; there is no body' };
  const types = contract.file ?? [JSON_TYPE];
  const schema = shapes.of(contract.response, 'output');
  return {
    description: contract.file ? 'The file' : contract.status === 201 ? 'It was made' : 'The answer',
    ...headers,
    content: Object.fromEntries(types.map((type) => [type, { schema }])),
  };
}

/** A request that cannot be read has no route yet. One that has a body where none is wanted is read all the same. */
const OF_ANY_ROUTE = ['bad_request', 'too_slow', 'headers_too_large'] as const;

/** Every problem that a route can answer: its own, and those that come with being a route of its sort. */
function problemCodes(contract: RouteContract, { needs, proof, person }: RoutePolicy): ProblemCode[] {
  const codes = new Set<ProblemCode>([...OF_ANY_ROUTE, ...contract.problems, 'internal']);
  if (needs !== 'anyone') for (const code of ['unauthenticated', 'too_many'] as const) codes.add(code);
  if (contract.method !== 'GET' || (needs !== 'anyone' && needs !== 'signed_in') || person)
    codes.add('forbidden');
  if (proof) codes.add('proof_required');
  if (contract.params || contract.query || contract.body) codes.add('invalid');
  if (contract.method !== 'GET')
    for (const code of ['unsupported_media_type', 'too_large'] as const) codes.add(code);
  if (contract.once)
    for (const code of ['request_in_flight', 'idempotency_key_reused'] as const) codes.add(code);
  return [...codes];
}

function problemsOf(codes: readonly ProblemCode[], shapes: Shapes): Record<string, Answer> {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      {
        description: same.map((code) => `${code}: ${PROBLEMS[code].title}`).join('; '),
        content: { 'application/problem+json': { schema: shapes.of(Problem, 'output') } },
      },
    ]),
  );
}

function streamOperation(shapes: Shapes): Operation {
  // The messages' data, for those who read the shapes; a stream as a whole has no JSON Schema.
  for (const schema of [LiveEvent, StreamHello, StreamBeat, ServerMetrics]) shapes.of(schema, 'output');
  return {
    operationId: 'followEvents',
    summary:
      'The live stream (Server-Sent Events): hello first, then every fact in order, with readings (metrics) and beats between them',
    tags: ['events'],
    parameters: [
      {
        name: 'Last-Event-ID',
        in: 'header',
        required: false,
        schema: { type: 'integer' },
        description: 'Resume after this event',
      },
    ],
    responses: {
      200: {
        description:
          'Messages: hello (StreamHello), fact (LiveEvent, with an id), metrics (ServerMetrics), beat (StreamBeat)',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
      ...problemsOf([...OF_ANY_ROUTE, 'unauthenticated', 'forbidden', 'internal'], shapes),
    },
  };
}
