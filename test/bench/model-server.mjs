// A plain server with /v1/chat/completions for the benchmark: streams tokens at a fixed rate, in a process of its own.
// Prints its port. The body's `seed` says how many tokens a second (0: as fast as they are taken), `max_tokens` how many.
import { createServer } from 'node:http';

const model = 'bench';
const chunk = (delta, finish = null) =>
  `data: ${JSON.stringify({
    id: 'b',
    object: 'chat.completion.chunk',
    created: 1,
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`;
const token = chunk({ content: ' token' });

const server = createServer(async (request, response) => {
  let text = '';
  for await (const part of request) text += part;
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ object: 'list', data: [{ id: model, object: 'model', created: 1, owned_by: 'b' }] }),
    );
    return;
  }
  const { max_tokens: tokens = 100, seed: rate = 0 } = JSON.parse(text);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunk({ role: 'assistant', content: '' }) + token);
  let sent = 1;
  const end = () => {
    response.write(chunk({}, 'stop'));
    response.end('data: [DONE]\n\n');
  };
  if (rate === 0) {
    for (; sent < tokens; sent++) {
      if (!response.write(token)) await new Promise((drained) => response.once('drain', drained));
    }
    end();
    return;
  }
  const from = performance.now();
  const timer = setInterval(() => {
    const due = Math.min(tokens, 1 + Math.floor(((performance.now() - from) * rate) / 1000));
    // Each token is a packet of its own, as those of a model are.
    for (; sent < due; sent++) response.write(token);
    if (sent < tokens) return;
    clearInterval(timer);
    end();
  }, 1000 / rate);
  response.on('close', () => clearInterval(timer));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
