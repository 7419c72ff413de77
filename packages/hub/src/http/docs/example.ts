import type { Operation } from './document.ts';
import type { JsonSchema } from './schemas.ts';

/** Values that mean something, by the name of the field that takes them. */
const BY_NAME: Record<string, string | number> = {
  server_id: 'media-01',
  service_name: 'plex',
  display_name: 'Plex',
  action_id: 42,
  key_id: 'key_0a1b2c3d4e5f',
  api_key: 'hlck_…',
  name: 'nightly-report',
  password: 'four words of your own',
  token: 'hlci_…',
  totp_code: '123456',
  reason: 'Not while the film is on',
  note: 'I looked: it runs',
  format: 'csv',
  alert_kind: 'disk_high',
  until: '2027-01-31T08:00:00.000Z',
  every_ms: 86_400_000,
};

/** A request with curl, as a person would type it. */
export function exampleOf(path: string, method: string, operation: Operation): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(BY_NAME[name] ?? 1));
  const query = operation.parameters
    .filter((parameter) => parameter.in === 'query' && parameter.required)
    .map(({ name, schema }) => `${name}=${String(exampleValue(name, schema))}`);
  const address = `"$HUB${filled}${query.length > 0 ? `?${query.join('&')}` : ''}"`;
  const body = exampleBody(operation);
  return [
    operation.tags.includes('events') ? 'curl -N' : 'curl',
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...(operation.security?.length === 0 && method !== 'GET' ? [] : ['-H "X-API-Key: $KEY"']),
    ...(body === null ? [] : [`-H "Content-Type: application/json" -d '${JSON.stringify(body)}'`]),
    ...(query.includes('format=csv') ? ['-OJ'] : []),
    address,
  ].join(' ');
}

/** A body that the route accepts: what it requires, or the first field where it requires nothing; `null` without one. */
function exampleBody({ requestBody }: Operation): unknown {
  const schema = requestBody?.content['application/json']?.schema;
  if (requestBody?.required !== true || schema === undefined) return null;
  // Where there is a choice, the first.
  const shape = (schema.anyOf?.[0] ?? schema) as JsonSchema;
  const fields = Object.entries(shape.properties ?? {});
  const [first] = fields;
  const shown = fields.filter(([name]) => shape.required?.includes(name));
  return objectOf(shown.length > 0 || first === undefined ? shown : [first]);
}

const objectOf = (fields: readonly [string, unknown][]): object =>
  Object.fromEntries(fields.map(([name, schema]) => [name, exampleValue(name, schema as JsonSchema)]));

function exampleValue(name: string, schema: JsonSchema): unknown {
  if (name in BY_NAME) return BY_NAME[name];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.type === 'boolean') return true;
  if (schema.anyOf?.[0]) return exampleValue(name, schema.anyOf[0] as JsonSchema);
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(1, schema.minimum ?? 1);
  if (schema.type === 'array') return [exampleValue('', (schema.items ?? {}) as JsonSchema)];
  if (schema.type === 'object') {
    const fields = Object.entries(schema.properties ?? {});
    return objectOf(fields.filter(([field]) => schema.required?.includes(field)));
  }
  return 'text';
}
