import type { ChatParams, ChatProgress } from '../../../protocol/chat.js';
import { LcadError } from '../../../shared/errors.js';
import type { Chat } from '../../chat/chat.js';
import type { ChatSurroundings } from '../../chat/contract.js';
import type { RequestContext } from '../contract.js';
import type { DaemonHandlers } from '../options.js';
import { progressOf } from '../streaming.js';
import { type ChatToolParts, chatTools } from './chat-tools.js';

type Methods = 'lcad/chat' | 'lcad/chat/list' | 'lcad/chat/get' | 'lcad/chat/delete';

interface ChatParts extends ChatToolParts {
  readonly chat: Chat;
  readonly context: DaemonHandlers['lcad/context'];
}

/** Handlers of `lcad/chat` and of the conversations that are kept. */
export function chatHandlers(parts: ChatParts): Pick<DaemonHandlers, Methods> {
  const { chat } = parts;
  return {
    'lcad/chat': async (params, context) => {
      const question = questionOf(params, context);
      const send = context.progress(params.progressToken);
      const show = {
        context: (made: { session: string | null; tokens: number; snippets: number }) =>
          send({ kind: 'context', ...made } satisfies ChatProgress),
        event: (event: Parameters<typeof progressOf>[0]) => {
          const value = progressOf(event);
          return value === null ? undefined : send(value);
        },
      };
      const around = surroundingsOf(parts, params, context);
      const { result, sent } = await chat.ask(question, around, show, context.signal);
      return {
        ...result,
        sent: params.showSent ? sent.map(({ role, content }) => ({ role, content })) : null,
      };
    },
    'lcad/chat/list': async () => ({ sessions: await chat.store.list() }),
    'lcad/chat/get': async ({ session }) => {
      const { id, createdAt, turns, notes } = await chat.store.read(session);
      return {
        id,
        createdAt,
        turns: turns.map(({ is: _is, messages, ...turn }) => ({
          ...turn,
          question: messages[0]?.content ?? '',
          answer: messages
            .filter(({ role, content }) => role === 'assistant' && content !== '')
            .map(({ content }) => content)
            .join('\n\n'),
        })),
        notes: [...notes],
      };
    },
    'lcad/chat/delete': async ({ session }) => {
      await chat.store.delete(session);
      return null;
    },
  };
}

/** @throws INVALID_PARAMS */
function questionOf(params: ChatParams, { connection }: RequestContext) {
  const { message, session, keep = true, repos, file, line, model, upstream } = params;
  const { contextTokens, maxTokens, tools } = params;
  if (message.trim() === '') throw new LcadError('INVALID_PARAMS', 'The message is empty.');
  if (session !== undefined && !keep)
    throw new LcadError('INVALID_PARAMS', '`keep: false` does not go with `session`.');
  const scope = { repos, file, line };
  return {
    ...scope,
    message,
    session,
    keep,
    client: connection,
    model,
    upstream,
    contextTokens,
    maxTokens,
    tools,
  };
}

function surroundingsOf(parts: ChatParts, { repos }: ChatParams, context: RequestContext): ChatSurroundings {
  const { scope } = parts;
  return {
    context: async (question, { repos: selected, file, line, tokens, before }, signal) =>
      parts.context(
        {
          question,
          tokens,
          ...(before.trim() === '' ? {} : { variants: [before] }),
          ...(selected ? { repos: [...selected] } : {}),
          ...(file === undefined ? {} : { file }),
          ...(line === undefined ? {} : { line }),
        },
        { ...context, signal },
      ),
    tools: chatTools(parts, repos, context),
    has: (repo, path) => {
      try {
        return scope.view(scope.select(repo)).files.has(path);
      } catch (error) {
        if (error instanceof LcadError && error.kind === 'REPO_NOT_REGISTERED') return false;
        throw error;
      }
    },
  };
}
