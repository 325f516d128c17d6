import type { Answer, Protocol, Reply, SeenRequest, ServerModel, Speech } from './model-protocol.js';
import { inputsOf, said, vectorOf } from './model-speech.js';

/** Ollama: https://github.com/ollama/ollama/blob/main/docs/api.md */
export const ollama: Protocol = {
  streamType: 'application/x-ndjson',
  streamsByDefault: true,
  generates: (path) => path === '/api/chat' || path === '/api/generate',
  error: (message) => ({ error: message }),

  refuses({ body }, { models }) {
    const model = find(models, body.model);
    if (!model) return { status: 404, body: { error: `model '${String(body.model)}' not found` } };
    const lacks = (what: string): Answer => ({
      status: 400,
      body: { error: `registry.ollama.ai/library/${model.name} does not support ${what}` },
    });
    if (model.chat === false)
      return { status: 400, body: { error: `"${model.name}" does not support generate` } };
    if (Array.isArray(body.tools) && body.tools.length > 0 && model.tools === false) return lacks('tools');
    if (body.suffix && model.infill === false) return lacks('insert');
    return null;
  },

  other(seen, { models, dimensions }) {
    switch (`${seen.method} ${seen.path}`) {
      case 'GET /api/version':
        return { status: 200, body: { version: '0.12.3' } };
      case 'GET /api/tags':
        return { status: 200, body: { models: models.map(listed) } };
      case 'GET /api/ps':
        return {
          status: 200,
          body: { models: models.filter(({ loaded }) => loaded !== false).map(running) },
        };
      case 'POST /api/show':
        return shown(find(models, seen.body.model), seen.body.model);
      case 'POST /api/embed':
        return embedded(seen, models, dimensions);
      default:
        return { status: 404, body: { error: 'not found' } };
    }
  },

  speech(seen, reply) {
    return seen.path === '/api/chat' ? chatSpeech(seen, reply) : generateSpeech(seen, reply);
  },
};

function find(models: readonly ServerModel[], name: unknown): ServerModel | undefined {
  const wanted = String(name).replace(/:latest$/, '');
  return models.find((model) => model.name.replace(/:latest$/, '') === wanted);
}

function details(model: ServerModel): object {
  return {
    parent_model: '',
    format: 'gguf',
    family: model.family ?? 'qwen2',
    families: [model.family ?? 'qwen2'],
    parameter_size: model.parameters ?? '1.5B',
    quantization_level: model.quantisation ?? 'Q4_K_M',
  };
}

function listed(model: ServerModel): object {
  return {
    name: model.name,
    model: model.name,
    modified_at: '2025-10-01T10:00:00.000000000Z',
    size: model.bytes ?? 986_061_892,
    digest: 'd7372fd828518e4d38b1eb196c673c31a85f2ed302b3d1e406c4c2d1b64a0668',
    details: details(model),
  };
}

function running(model: ServerModel): object {
  return {
    ...listed(model),
    expires_at: '2035-10-01T10:05:00.000000000Z',
    size_vram: 0,
    context_length: model.contextTokens ?? 8192,
  };
}

function shown(model: ServerModel | undefined, name: unknown): Answer {
  if (!model) return { status: 404, body: { error: `model '${String(name)}' not found` } };
  const family = model.family ?? 'qwen2';
  const capabilities = [
    ...(model.chat === false ? [] : ['completion']),
    ...(model.tools === false || model.chat === false ? [] : ['tools']),
    ...(model.infill === false || model.chat === false ? [] : ['insert']),
    ...(model.embedding ? ['embedding'] : []),
  ];
  return {
    status: 200,
    body: {
      modelfile: `FROM ${model.name}`,
      parameters: 'stop                           "<|endoftext|>"',
      template:
        model.template ??
        '{{- if .Suffix }}<|fim_prefix|>{{ .Prompt }}<|fim_suffix|>{{ .Suffix }}<|fim_middle|>{{ else }}{{ .Prompt }}{{ end }}',
      details: details(model),
      model_info: { 'general.architecture': family, [`${family}.context_length`]: 32_768 },
      capabilities,
      modified_at: '2025-10-01T10:00:00.000000000Z',
    },
  };
}

function embedded(seen: SeenRequest, models: readonly ServerModel[], dimensions: number): Answer {
  const model = find(models, seen.body.model);
  if (!model)
    return {
      status: 404,
      body: { error: `model "${String(seen.body.model)}" not found, try pulling it first` },
    };
  const inputs = inputsOf(seen.body);
  return {
    status: 200,
    body: {
      model: model.name,
      embeddings: inputs.map((text) => vectorOf(text, dimensions)),
      total_duration: 14_143_917,
      load_duration: 1_019_500,
      prompt_eval_count: inputs.length,
    },
  };
}

function chatSpeech(seen: SeenRequest, reply: Reply): Speech {
  const calls = (reply.tools ?? []).map(({ name, arguments: args }) => ({
    function: { name, arguments: args },
  }));
  return speech(seen, reply, {
    thinking: (thinking) => ({ message: { role: 'assistant', content: '', thinking } }),
    text: (content) => ({ message: { role: 'assistant', content } }),
    tools: calls.length > 0 ? { message: { role: 'assistant', content: '', tool_calls: calls } } : null,
    whole: (content) => ({
      message: { role: 'assistant', content, ...(calls.length ? { tool_calls: calls } : {}) },
    }),
  });
}

function generateSpeech(seen: SeenRequest, reply: Reply): Speech {
  return speech(seen, reply, {
    thinking: (thinking) => ({ response: '', thinking }),
    text: (response) => ({ response }),
    tools: null,
    whole: (response) => ({ response }),
  });
}

function speech(
  seen: SeenRequest,
  reply: Reply,
  as: {
    thinking(text: string): object;
    text(text: string): object;
    tools: object | null;
    whole(text: string): object;
  },
): Speech {
  const { options = {} } = seen.body as { options?: { num_predict?: unknown; stop?: unknown } };
  const answer = said(seen, reply, { most: options.num_predict, stop: options.stop });
  const head = { model: String(seen.body.model), created_at: '2025-10-01T10:00:00.000000000Z' };
  const line = (message: object): string => `${JSON.stringify(message)}\n`;
  const stats = {
    done: true,
    done_reason: answer.reason === 'tools' ? 'stop' : answer.reason,
    total_duration: 4_935_886_791,
    load_duration: 534_986_708,
    prompt_eval_count: answer.promptTokens,
    prompt_eval_duration: 107_345_000,
    eval_count: answer.outputTokens,
    eval_duration: 4_289_432_000,
  };
  const thought = (text: string): string => line({ ...head, ...as.thinking(text), done: false });
  return {
    tokens: answer.tokens,
    begin: () => answer.thinking.map(thought),
    thought,
    token: (text) => line({ ...head, ...as.text(text), done: false }),
    end: () => [
      ...(as.tools ? [line({ ...head, ...as.tools, done: false })] : []),
      line({ ...head, ...as.text(''), ...stats }),
    ],
    error: (message) => line({ error: message }),
    whole: () => ({ ...head, ...as.whole(answer.text), ...stats }),
  };
}
