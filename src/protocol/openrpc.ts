import { z } from 'zod';
import { type ErrorKind, errorCatalogue } from '../shared/errors.js';
import { productVersion } from '../shared/versions.js';
import * as common from './common.js';
import * as config from './config.js';
import * as generate from './generate.js';
import * as grep from './grep.js';
import * as events from './index-events.js';
import * as inference from './inference.js';
import * as lifecycle from './lifecycle.js';
import * as lsp from './lsp.js';
import { clientNotifications, requests, serverNotifications } from './methods.js';
import * as metrics from './metrics.js';
import * as models from './models.js';
import * as related from './related.js';
import * as repos from './repos.js';
import * as search from './search.js';
import * as status from './status.js';

/** The parts of JSON Schema (draft 7) that this protocol's schemas turn into. */
export type JsonSchema = {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
};

type ContentDescriptor = {
  name: string;
  description?: string;
  required?: boolean;
  schema: JsonSchema;
};

/** A method object of OpenRPC; one without `result` is a notification. */
export type OpenRpcMethod = {
  name: string;
  summary: string;
  paramStructure: 'by-name';
  params: ContentDescriptor[];
  result?: ContentDescriptor;
  /** What `$/progress` carries while the request is under way; OpenRPC itself has no place for it. */
  'x-progress'?: ContentDescriptor;
};

export type OpenRpcDocument = {
  openrpc: string;
  info: { title: string; version: string; description: string; license: { name: string } };
  methods: OpenRpcMethod[];
  components: {
    schemas: Record<string, JsonSchema>;
    errors: Record<ErrorKind, { code: number; message: string; data: { kind: ErrorKind; next: string } }>;
  };
  /** Notifications that the daemon sends; OpenRPC itself has no place for them. */
  'x-serverNotifications': OpenRpcMethod[];
};

let made: OpenRpcDocument | undefined;

/**
 * The OpenRPC 1.3 document of the protocol, made from the schemas once per process.
 * Specification: https://spec.open-rpc.org/
 */
export function openRpcDocument(): OpenRpcDocument {
  made ??= makeDocument();
  return made;
}

function makeDocument(): OpenRpcDocument {
  const toSchema = schemaMaker();
  const notification = ([name, entry]: [string, Described]) => methodOf(name, entry, toSchema);
  return {
    openrpc: '1.3.2',
    info: {
      title: 'lcad',
      version: productVersion,
      description: 'JSON-RPC 2.0 over a Unix socket; PROTOCOL.md explains framing and handshake.',
      license: { name: 'Apache-2.0' },
    },
    methods: [
      ...Object.entries(requests).map(([name, entry]) => ({
        ...methodOf(name, entry, toSchema),
        result: { name: 'result', schema: toSchema(entry.result, 'output') },
        ...('progress' in entry
          ? { 'x-progress': { name: 'progress', schema: referenceTo(entry.progress, toSchema) } }
          : {}),
      })),
      ...Object.entries(clientNotifications).map(notification),
    ],
    components: {
      schemas: Object.fromEntries(
        [...namedSchemas()].map(([schema, name]) => [name, toSchema(schema, 'output')] as const),
      ),
      errors: errorObjects(),
    },
    'x-serverNotifications': Object.entries(serverNotifications).map(notification),
  };
}

type Described = { summary: string; params: z.ZodType };
type ToSchema = (schema: z.ZodType, io: 'input' | 'output') => JsonSchema;

function methodOf(name: string, entry: Described, toSchema: ToSchema): OpenRpcMethod {
  const { properties = {}, required = [] } = toSchema(entry.params, 'input');
  const params = Object.entries(properties).map(([member, schema]) => {
    const { description, ...rest } = schema;
    const descriptor: ContentDescriptor = { name: member, required: required.includes(member), schema: rest };
    return description === undefined ? descriptor : { ...descriptor, description };
  });
  return { name, summary: entry.summary, paramStructure: 'by-name', params };
}

/** A reference to a schema that has a name, or the schema itself. */
function referenceTo(schema: z.ZodType, toSchema: ToSchema): JsonSchema {
  const name = namedSchemas().get(schema);
  return name === undefined ? toSchema(schema, 'output') : { $ref: `#/components/schemas/${name}` };
}

function errorObjects(): OpenRpcDocument['components']['errors'] {
  const entries = Object.entries(errorCatalogue) as [ErrorKind, { code: number; next: string }][];
  return Object.fromEntries(
    entries.map(([kind, { code, next }]) => [kind, { code, message: kind, data: { kind, next } }]),
  ) as OpenRpcDocument['components']['errors'];
}

/** The schemas that other schemas refer to by name: all that the protocol's files export, but whole params and results. */
function namedSchemas(): Map<z.ZodType, string> {
  const named = new Map<z.ZodType, string>();
  for (const file of [
    common,
    lifecycle,
    repos,
    search,
    grep,
    related,
    status,
    config,
    events,
    lsp,
    generate,
    inference,
    metrics,
    models,
  ]) {
    for (const [name, value] of Object.entries(file)) {
      const whole = /(Params|Result)$/.test(name) || value === events.IndexChanged;
      if (value instanceof z.ZodType && !whole && value !== lifecycle.Empty && value !== lifecycle.Nothing) {
        named.set(value, name);
      }
    }
  }
  return named;
}

/** Descriptions from zod's own registry, and an id for each schema that has a name. */
class NamedRegistry extends z.core.$ZodRegistry<{ id?: string; description?: string }> {
  readonly #names: ReadonlyMap<unknown, string>;

  constructor(names: ReadonlyMap<unknown, string>) {
    super();
    this.#names = names;
  }

  override get(schema: z.core.$ZodType): { id?: string; description?: string } | undefined {
    const id = this.#names.get(schema);
    const meta = z.globalRegistry.get(schema);
    if (id === undefined) return meta;
    return meta?.description === undefined ? { id } : { id, description: meta.description };
  }
}

function schemaMaker(): ToSchema {
  const names = namedSchemas();
  const metadata = new NamedRegistry(names);
  return (schema, io) => {
    const made = z.toJSONSchema(schema, {
      target: 'draft-07',
      io,
      metadata,
      override: (ctx) => simplify(ctx.jsonSchema),
    });
    const { $schema: _dialect, definitions = {}, ...rest } = made;
    const own = names.get(schema);
    const inComponents = (key: string, value: unknown): unknown =>
      key === '$ref' && typeof value === 'string'
        ? value.replace('#/definitions/', '#/components/schemas/')
        : value;
    // A schema that has a name is itself one of the definitions.
    const body = own === undefined ? rest : (definitions as Record<string, unknown>)[own];
    return JSON.parse(JSON.stringify(body), inComponents) as JsonSchema;
  };
}

/** Drops what zod adds and a reader does not need: bounds of safe integers, and a promise of no further members. */
function simplify(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  delete schema.propertyNames;
}
