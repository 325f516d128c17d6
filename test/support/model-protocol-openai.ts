import type {
  Answer,
  Protocol,
  Reply,
  SeenRequest,
  ServerModel,
  Speech,
  ToolReply,
} from './model-protocol.js';
import { inputsOf, said, vectorOf } from './model-speech.js';

/** OpenAI's API as vLLM offers it: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html */
export const openai: Protocol = {
  streamType: 'text/event-stream; charset=utf-8',
  streamsByDefault: false,
  generates: (path) => path === '/v1/chat/completions' || path === '/v1/completions',
  error: openaiError,

  refuses({ body }, { models }) {
    if (models.some(({ name }) => name === body.model)) return null;
    return {
      status: 404,
      body: openaiError(`The model \`${String(body.model)}\` does not exist.`, 404, 'NotFoundError'),
    };
  },

  other(seen, { models, dimensions }) {
    switch (`${seen.method} ${seen.path}`) {
      case 'GET /v1/models':
        return { status: 200, body: { object: 'list', data: models.map(listed) } };
      case 'GET /health':
        return { status: 200, body: {} };
      case 'POST /v1/embeddings':
        return openaiEmbeddings(seen, dimensions);
      default:
        return { status: 404, body: { detail: 'Not Found' } };
    }
  },

  speech: (seen, reply) => openaiSpeech(seen, reply),
};

/** `{"error": {…}}` as OpenAI, vLLM and llama-server send it. */
export function openaiError(message: string, code: number, type = 'server_error'): object {
  return { error: { message, type, param: null, code } };
}

/** The reply of `/v1/embeddings`. */
export function openaiEmbeddings(seen: SeenRequest, dimensions: number): Answer {
  const inputs = inputsOf(seen.body);
  return {
    status: 200,
    body: {
      object: 'list',
      model: String(seen.body.model),
      data: inputs.map((text, index) => ({
        object: 'embedding',
        index,
        embedding: vectorOf(text, dimensions),
      })),
      usage: { prompt_tokens: inputs.length, total_tokens: inputs.length },
    },
  };
}

function listed(model: ServerModel): object {
  return {
    id: model.name,
    object: 'model',
    created: 1_759_312_800,
    owned_by: 'vllm',
    root: model.name,
    parent: null,
    max_model_len: model.contextTokens ?? 8192,
  };
}

/** The stream of `/v1/chat/completions` and `/v1/completions`. */
export function openaiSpeech(seen: SeenRequest, reply: Reply): Speech {
  const { body } = seen;
  const chat = seen.path.endsWith('/chat/completions');
  const answer = said(seen, reply, { most: body.max_tokens, stop: body.stop });
  const head = {
    id: chat ? 'chatcmpl-1' : 'cmpl-1',
    object: chat ? 'chat.completion.chunk' : 'text_completion',
    created: 1_759_312_800,
    model: String(body.model),
  };
  const reason = answer.reason === 'tools' ? 'tool_calls' : answer.reason;
  const data = (event: object): string => `data: ${JSON.stringify(event)}\n\n`;
  const chunk = (content: object, finish: string | null = null): string =>
    data({
      ...head,
      choices: [
        { index: 0, ...(chat ? { delta: content } : content), logprobs: null, finish_reason: finish },
      ],
    });
  const thought = (text: string): string => chunk({ reasoning_content: text });
  const usage = {
    prompt_tokens: answer.promptTokens,
    completion_tokens: answer.outputTokens,
    total_tokens: answer.promptTokens + answer.outputTokens,
    prompt_tokens_details: { cached_tokens: answer.cachedTokens },
  };
  const wantsUsage = (body.stream_options as { include_usage?: unknown } | undefined)?.include_usage === true;
  return {
    tokens: answer.tokens,
    begin: () => (chat ? [chunk({ role: 'assistant', content: '' }), ...answer.thinking.map(thought)] : []),
    token: (text) => chunk(chat ? { content: text } : { text }),
    thought,
    end: () => [
      ...answer.tools.flatMap((tool, index) =>
        toolChunks(tool, index).map((call) => chunk({ tool_calls: [call] })),
      ),
      chunk(chat ? {} : { text: '' }, reason),
      ...(wantsUsage ? [data({ ...head, choices: [], usage })] : []),
      'data: [DONE]\n\n',
    ],
    error: (message, code) => data(openaiError(message, code)),
    whole: () => wholeOf(answer, { chat, head, reason, usage }),
  };
}

function writtenArguments({ arguments: given }: ToolReply): string {
  return typeof given === 'string' ? given : JSON.stringify(given);
}

/** A tool call comes in pieces: its id and name, then its arguments bit by bit. */
function toolChunks(tool: ToolReply, index: number): object[] {
  const written = writtenArguments(tool);
  const half = Math.ceil(written.length / 2);
  return [
    { index, id: `call_${index}_x`, type: 'function', function: { name: tool.name, arguments: '' } },
    { index, function: { arguments: written.slice(0, half) } },
    { index, function: { arguments: written.slice(half) } },
  ];
}

function wholeOf(
  answer: ReturnType<typeof said>,
  of: { chat: boolean; head: { object: string }; reason: string; usage: object },
): object {
  const { chat, head, reason, usage } = of;
  const toolCalls = answer.tools.map((tool, index) => ({
    id: `call_${index}_x`,
    type: 'function',
    function: { name: tool.name, arguments: writtenArguments(tool) },
  }));
  const message = {
    role: 'assistant',
    content: answer.text,
    ...(toolCalls.length ? { tool_calls: toolCalls } : {}),
  };
  return {
    ...head,
    object: chat ? 'chat.completion' : 'text_completion',
    choices: [{ index: 0, ...(chat ? { message } : { text: answer.text }), finish_reason: reason }],
    usage,
  };
}
