import { errorCatalogue } from '../shared/errors.js';
import { protocolVersion } from '../shared/versions.js';
import { defaultLimits } from './limits.js';
import { clientNotifications } from './methods.js';
import { type JsonSchema, type OpenRpcMethod, openRpcDocument } from './openrpc.js';

/** The text of PROTOCOL.md: what a person needs to write a client, made from the schemas. */
export function protocolMarkdown(): string {
  const { methods, components, 'x-serverNotifications': fromDaemon } = openRpcDocument();
  const isNotification = ({ name }: OpenRpcMethod) => Object.hasOwn(clientNotifications, name);
  const parts = [
    introduction(),
    errorsChapter(),
    '## Requests',
    ...methods.filter((method) => !isNotification(method)).map(methodSection),
    '## Notifications to the daemon',
    ...methods.filter(isNotification).map(methodSection),
    '## Notifications from the daemon',
    ...fromDaemon.map(methodSection),
    '## Types',
    ...Object.entries(components.schemas)
      .sort(([a], [b]) => a.localeCompare(b, 'en'))
      .map(([name, schema]) => typeSection(name, schema)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function introduction(): string {
  const { messageBytes, messageDepth, batchSize, inFlight, connections } = defaultLimits;
  const { backlogBytes, drainMs, handshakeMs } = defaultLimits;
  const count = (value: number) => value.toLocaleString('en-US');
  return `# The lcad protocol

Version ${protocolVersion}. This file is made from the schemas in \`src/protocol\` by \`npm run docs:protocol\`; edit those.

lcad's daemon speaks [JSON-RPC 2.0](https://www.jsonrpc.org/specification) on a Unix socket. Everything that a client
of lcad can do is a method described here; \`rpc.discover\` returns the same as an [OpenRPC](https://spec.open-rpc.org)
document.

## Connecting

The socket is \`$LCAD_SOCKET\` if that is set, else \`$LCAD_HOME/run/lcad.sock\` if LCAD_HOME is set, else
\`$XDG_RUNTIME_DIR/lcad/lcad.sock\`, or \`/tmp/lcad-<uid>/lcad.sock\` without XDG_RUNTIME_DIR; on macOS
\`$TMPDIR/lcad-<uid>/lcad.sock\`. Only its owner can connect. \`lcad start\` starts the daemon if none runs and returns
when it accepts connections.

## Framing

A connection uses one of two framings, told apart by its first byte; replies use the framing of the connection.
Messages are UTF-8.

**Lines.** One JSON text per line, ended by \`\\n\` (\`\\r\\n\` is accepted). Blank lines are ignored. For shells and scripts:

\`\`\`console
$ nc -U "$XDG_RUNTIME_DIR/lcad/lcad.sock" <<'END'
{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}
{"jsonrpc":"2.0","id":2,"method":"lcad/search","params":{"query":"where is the config parsed","limit":3}}
{"jsonrpc":"2.0","method":"exit"}
END
\`\`\`

**Headers.** LSP's base protocol: \`Content-Length: <bytes>\\r\\n\\r\\n<body>\`. A \`Content-Type\` header may follow; its
charset must be UTF-8. A connection that begins with the letter C uses headers.

## A session

1. The client sends \`initialize\`, first of all and once. The reply tells the product's version, the protocol's version
   and the limits in force. A client that gives its \`protocolVersion\` gets the error DAEMON_VERSION where that differs
   from the daemon's. Further requests may follow at once, without waiting for the reply. Before \`initialize\` only
   \`rpc.discover\` and \`exit\` are allowed.
2. Requests, in any number at a time up to the limit; replies come in the order in which they are ready.
3. To end, the client closes the connection: the work of its open requests is aborted. A client that still wants the
   replies sends \`exit\`, or closes only its sending side: the daemon then answers what is open and closes.
   \`shutdown\` is there for LSP clients: it ends the session and not the daemon. \`lcad/daemon/stop\` stops the daemon.

## Rules

- \`params\` is an object. Absent or null, it is read as \`{}\`. Members that are not described are ignored; those of a
  reply that a client does not know it should ignore, too.
- \`id\` is an integer or a string of up to 256 characters, and not that of another request under way.
- A batch is an array of requests and notifications; its reply is one array, sent when all of its requests are done.
- A notification is never answered. Those that are not described here are ignored.
- \`$/cancelRequest\` with the \`id\` of a request cancels it: its reply is the error REQUEST_CANCELLED, unless it was done
  before. The place of a cancelled request is free again when its work has stopped.
- A request with a \`progressToken\` gets \`$/progress\` notifications that carry the token until its reply.
- Every reply that reads the index tells how fresh it is ([Freshness](#freshness)). With \`waitFresh\` a request sees
  everything written to disk before it was sent.
- After a message that cannot be decoded a connection that is initialized goes on with the next one; any other is closed
  after the error, once its open requests are answered, and so is one whose headers are wrong. The error's \`id\` is null.

## Limits

| What | Default | Past it |
|---|---|---|
| Bytes of a message | ${count(messageBytes)} | MESSAGE_TOO_LARGE |
| Nesting of a message | ${messageDepth} levels | MESSAGE_TOO_DEEP |
| Messages in a batch | ${batchSize} | BATCH_TOO_LARGE |
| Requests of a connection under way | ${inFlight} | TOO_MANY_REQUESTS |
| Connections | ${connections} | BUSY, and the connection is closed |
| Time for \`initialize\` | ${handshakeMs / 1000} s | NOT_INITIALIZED, and the connection is closed |
| Bytes that wait for the client to read them | ${count(backlogBytes)} | the connection is closed |
| Time in which the client reads none of them | ${drainMs / 1000} s | the connection is closed |

While more than a sixteenth of those bytes wait, the daemon does not read what the client sends; past a quarter it
drops notifications to that client.`;
}

function errorsChapter(): string {
  const rows = Object.entries(errorCatalogue).map(
    ([kind, { code, next }]) => `| ${code} | ${kind} | ${cell(next)} |`,
  );
  return `## Errors

\`error.code\` and \`error.data.kind\` are stable; \`error.message\` says in a sentence what happened, and
\`error.data.next\` what to do about it. Further members of \`error.data\` depend on the error.

\`\`\`json
{"jsonrpc":"2.0","id":2,"error":{"code":1501,"message":"The query has no word to search for.",
 "data":{"kind":"QUERY_EMPTY","next":"${errorCatalogue.QUERY_EMPTY.next}"}}}
\`\`\`

| Code | Kind | What to do, where the error does not say more |
|---|---|---|
${rows.join('\n')}`;
}

function methodSection({ name, summary, params, result, 'x-progress': progress }: OpenRpcMethod): string {
  const rows = params.flatMap(({ name: member, required = false, description, schema }) => {
    const described = description === undefined ? schema : { ...schema, description };
    return memberRows(member, described, required);
  });
  const parts = [`### ${name}`, summary];
  parts.push(rows.length > 0 ? `Parameters:\n\n${table(rows)}` : 'No parameters.');
  if (progress) parts.push(`Progress: ${typeText(progress.schema)}.`);
  if (result) parts.push(resultText(result.schema));
  return parts.join('\n\n');
}

function resultText(schema: JsonSchema): string {
  const rows = objectRows(schema, '');
  if (rows.length > 0) return `Result:\n\n${table(rows)}`;
  return `Result: ${schema.description ?? typeText(schema)}${schema.description ? '' : '.'}`;
}

function typeSection(name: string, schema: JsonSchema): string {
  const rows = objectRows(schema, '');
  const parts = [`### ${name}`];
  if (schema.description !== undefined) parts.push(schema.description);
  parts.push(rows.length > 0 ? table(rows) : `Type: ${typeText(schema)}.`);
  return parts.join('\n\n');
}

function table(rows: string[]): string {
  return ['| Member | Type | |', '|---|---|---|', ...rows].join('\n');
}

function objectRows(schema: JsonSchema, prefix: string): string[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([member, inner]) =>
    memberRows(`${prefix}${member}`, inner, required.includes(member)),
  );
}

/** The row of a member, and rows for the members of an object or of an array's objects that have no name. */
function memberRows(path: string, schema: JsonSchema, required: boolean): string[] {
  const described = schema.description ?? '';
  const text =
    schema.default === undefined ? described : `${described} Default: \`${JSON.stringify(schema.default)}\`.`;
  const row = `| \`${path}\`${required ? '' : '?'} | ${cell(typeText(schema))} | ${cell(text.trim())} |`;
  const plain =
    (schema.anyOf ?? [schema]).find(({ type }) => type === 'object' || type === 'array') ?? schema;
  if (plain.items) return [row, ...objectRows(plain.items, `${path}[].`)];
  return [row, ...objectRows(plain, `${path}.`)];
}

function typeText(schema: JsonSchema): string {
  const { $ref, type, oneOf, anyOf = oneOf, allOf, items, additionalProperties } = schema;
  const [only] = allOf ?? [];
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  if (anyOf) return anyOf.map(typeText).join(' or ');
  if (only) return typeText(only);
  if (Array.isArray(type)) return type.join(' or ');
  if (type === 'array') return `array${bounds(schema)} of ${items ? typeText(items) : 'anything'}`;
  if (type === 'object' && typeof additionalProperties === 'object' && !schema.properties) {
    const value = typeText(additionalProperties);
    return value === 'anything' ? 'object' : `object of ${value}`;
  }
  return `${type ?? 'anything'}${bounds(schema)}`;
}

/** The bounds of a value in words: numbers by value, strings by characters, arrays by items. */
function bounds({ minimum, maximum, minLength, maxLength, maxItems }: JsonSchema): string {
  const numbers = range(minimum, maximum);
  if (numbers !== '') return ` (${numbers})`;
  const characters = range(minLength, maxLength);
  if (characters !== '') return ` (${characters} characters)`;
  return maxItems === undefined ? '' : ` (at most ${maxItems})`;
}

function range(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  if (most !== undefined) return `at most ${most}`;
  return least === undefined ? '' : `at least ${least}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
