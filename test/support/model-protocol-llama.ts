import type { Offer, Protocol, Reply, SeenRequest, Speech } from './model-protocol.js';
import { openaiEmbeddings, openaiError, openaiSpeech } from './model-protocol-openai.js';
import { said } from './model-speech.js';

const own = ['/completion', '/completions', '/infill'];
const shared = ['/v1/chat/completions', '/v1/completions'];

/** llama-server: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md */
export const llamaServer: Protocol = {
  streamType: 'text/event-stream',
  streamsByDefault: false,
  // A request for infill without its texts is refused before it gets a slot.
  generates: (path, body) =>
    path === '/infill'
      ? 'input_prefix' in body && 'input_suffix' in body
      : [...own, ...shared].includes(path),
  error: (message, status) => openaiError(message, status),

  refuses(seen, { models }) {
    return seen.path === '/infill' && models[0]?.infill === false ? noInfill : null;
  },

  other(seen, offer) {
    switch (`${seen.method} ${seen.path}`) {
      case 'GET /health':
        return { status: 200, body: { status: 'ok' } };
      case 'GET /props':
        return { status: 200, body: props(offer) };
      case 'GET /slots':
        return { status: 200, body: slots(offer) };
      case 'GET /v1/models':
        return { status: 200, body: { object: 'list', data: offer.models.map(listed) } };
      case 'POST /v1/embeddings':
        return openaiEmbeddings(seen, offer.dimensions);
      case 'POST /infill':
        if (offer.models[0]?.infill === false) return noInfill;
        return {
          status: 400,
          body: openaiError('"input_prefix" is required', 400, 'invalid_request_error'),
        };
      default:
        return { status: 404, body: openaiError('File Not Found', 404, 'not_found_error') };
    }
  },

  speech: (seen, reply) => (shared.includes(seen.path) ? openaiSpeech(seen, reply) : ownSpeech(seen, reply)),
};

const noInfill = {
  status: 501,
  body: openaiError(
    'Infill is not supported by this model: prefix token is missing. suffix token is missing. middle token is missing. ',
    501,
    'not_supported_error',
  ),
};

function props({ models, slots }: Offer): object {
  const model = models[0];
  return {
    default_generation_settings: { id: 0, n_ctx: model?.contextTokens ?? 8192, is_processing: false },
    total_slots: slots,
    model_alias: model?.name,
    model_path: `/models/${model?.name ?? 'none'}.gguf`,
    chat_template: model?.template ?? "{% for message in messages %}{{ message['content'] }}{% endfor %}",
    chat_template_caps: { supports_tools: model?.tools !== false },
    modalities: { vision: false, audio: false },
    build_info: 'b6500-0123abcd',
    is_sleeping: false,
  };
}

function slots({ slots: all, open, models }: Offer): object {
  return Array.from({ length: all }, (_, id) => ({
    id,
    n_ctx: models[0]?.contextTokens ?? 8192,
    speculative: false,
    is_processing: id < open,
  }));
}

function listed(model: Offer['models'][number]): object {
  return {
    id: model.name,
    object: 'model',
    created: 1_759_312_800,
    owned_by: 'llamacpp',
    meta: {
      vocab_type: 2,
      n_vocab: 151_936,
      n_ctx_train: 32_768,
      n_embd: 1536,
      n_params: 1_543_714_304,
      size: model.bytes ?? 986_061_892,
    },
  };
}

function ownSpeech(seen: SeenRequest, reply: Reply): Speech {
  const { body } = seen;
  const answer = said(seen, reply, { most: body.n_predict, stop: body.stop });
  const data = (event: object): string => `data: ${JSON.stringify(event)}\n\n`;
  const last = {
    index: 0,
    content: '',
    tokens: [],
    id_slot: 0,
    stop: true,
    model: 'test',
    tokens_predicted: answer.outputTokens,
    tokens_evaluated: answer.promptTokens,
    generation_settings: { n_predict: body.n_predict ?? -1 },
    prompt: '',
    has_new_line: answer.text.includes('\n'),
    truncated: false,
    stop_type: answer.reason === 'length' ? 'limit' : 'eos',
    stopping_word: '',
    tokens_cached: answer.promptTokens + answer.outputTokens,
    timings: {
      cache_n: answer.cachedTokens,
      prompt_n: answer.promptTokens - answer.cachedTokens,
      prompt_ms: 12.5,
      predicted_n: answer.outputTokens,
      predicted_ms: 30.1,
    },
  };
  let sent = 0;
  return {
    tokens: answer.tokens,
    begin: () => [],
    thought: () => '',
    token: (content) => {
      sent++;
      return data({
        index: 0,
        content,
        tokens: [sent],
        stop: false,
        id_slot: -1,
        tokens_predicted: sent,
        tokens_evaluated: answer.promptTokens,
      });
    },
    end: () => [data(last)],
    error: (message, code) => data(openaiError(message, code)),
    whole: () => ({ ...last, content: answer.text }),
  };
}
