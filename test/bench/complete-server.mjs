// A plain server with /v1/completions for the benchmark of completions, in a process of its own: answers each with a few
// tokens, and tells its parent when each came in, by the machine's monotonic clock.
import { createServer } from 'node:http';

const model = 'qwen2.5-coder';
const chunk = (text, finish = null) =>
  `data: ${JSON.stringify({
    id: 'b',
    object: 'text_completion',
    created: 1,
    model,
    choices: [{ index: 0, text, finish_reason: finish }],
  })}\n\n`;

const server = createServer(async (request, response) => {
  const at = process.hrtime.bigint();
  let bytes = 0;
  for await (const part of request) bytes += part.length;
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ object: 'list', data: [{ id: model, object: 'model', created: 1, owned_by: 'b' }] }),
    );
    return;
  }
  process.send({ at: String(at), bytes });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`${chunk('value')}${chunk('', 'stop')}data: [DONE]\n\n`);
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
