import type { Compilable, CompiledQuery, QueryResult } from 'kysely';
import { type Engine, engineOf } from './engine.ts';
import type { Store } from './schema.ts';

/** Stands in a statement for a value that is given when it runs. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

type Run<Values, Row> = (db: Store, values: Values) => Promise<QueryResult<Row>>;

interface Built<Row> {
  readonly engine: Engine;
  readonly names: readonly string[];
  readonly query: CompiledQuery<Row>;
}

/**
 * A statement that runs for every action, so that building it anew each time would cost more than running it: it is built
 * once for each engine and each set of values' names.
 * @param build makes the query out of slots in the place of the values: it may put one wherever a value goes, and look at none
 */
export function statement<Values extends object, Row = never>(
  build: (db: Store, slots: Values) => Compilable<Row>,
): Run<Values, Row> {
  const known: Built<Row>[] = [];
  return (db, values) => {
    const engine = engineOf(db);
    const names = Object.keys(values);
    let built = known.find((one) => one.engine === engine && areSame(one.names, names));
    if (built === undefined) {
      const slots = Object.fromEntries(names.map((name) => [name, new Slot(name)])) as Values;
      built = { engine, names, query: build(db, slots).compile() };
      known.push(built);
    }
    const { sql, query, queryId, parameters } = built.query;
    const given = parameters.map((parameter) =>
      parameter instanceof Slot ? values[parameter.name as keyof Values] : parameter,
    );
    return db.executeQuery({ sql, query, queryId, parameters: given });
  };
}

const areSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((name, n) => name === others[n]);
