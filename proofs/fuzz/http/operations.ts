import { api, type RouteContract } from '@homelabcmd/protocol';
import type { Schema } from './shapes.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}

/** One operation of the hub's own OpenAPI document. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With `{name}` for what is put in. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
  /** Every status that the document says it can answer. */
  readonly statuses: ReadonlySet<number>;
  /** Its answer has no end. */
  readonly isStream: boolean;
  /** The contract behind it, for the shape of what it answers; `null` for the stream. */
  readonly contract: RouteContract | null;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/** All that the hub says it can be asked, from the document that it serves. */
export async function operationsOf(
  url: string,
): Promise<{ operations: Operation[]; shapes: Document['components']['schemas'] }> {
  const { paths, components } = (await (await fetch(`${url}/api/openapi.json`)).json()) as Document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]): Operation => {
      const { operationId: id, parameters = [], requestBody, responses } = described;
      return {
        ...{ id, path, parameters, method: method.toUpperCase() },
        body: requestBody?.content['application/json']?.schema ?? null,
        statuses: new Set(Object.keys(responses).map(Number)),
        isStream: responses['200']?.content?.['text/event-stream'] !== undefined,
        contract: (api as Readonly<Record<string, RouteContract>>)[id] ?? null,
      };
    }),
  );
  return { operations, shapes: components.schemas };
}
