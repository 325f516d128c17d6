import { z } from 'zod';

const Place = z.object({
  repo: z.string(),
  root: z.string(),
  path: z.string(),
  startLine: z.int().min(1),
  endLine: z.int().min(1),
});

const ToolCall = z.object({ id: z.string(), name: z.string(), arguments: z.record(z.string(), z.unknown()) });

const Message = z.object({
  role: z.enum(['user', 'assistant', 'tool']),
  content: z.string(),
  toolCalls: z.array(ToolCall).optional(),
  toolCallId: z.string().optional(),
});

/** The first line of a conversation's file. */
const Head = z.object({
  is: z.literal('session'),
  version: z.literal(1),
  id: z.string(),
  createdAt: z.string(),
});
export type SessionHead = z.infer<typeof Head>;

/** A line for each question with its answer. */
const Turn = z.object({
  is: z.literal('turn'),
  at: z.string(),
  /** The question first, without the code that went with it; what tools were asked and answered; the answer. */
  messages: z.array(Message).min(1),
  model: z.string(),
  upstream: z.string(),
  citations: z.array(Place),
  /** The answer was ended before its end: cancelled, stopped by a guard, or the server failed. */
  interrupted: z.boolean(),
});
export type StoredTurn = z.infer<typeof Turn>;

/** What a file of a conversation says. */
interface ReadSession {
  readonly head: SessionHead;
  readonly turns: StoredTurn[];
  /** Lines that are none of it: damage. */
  readonly unreadable: number;
}

/** Reads the text of a conversation's file; null if not even its head can be read. Pure. */
export function readSession(text: string, id: string): ReadSession | null {
  const [first = '', ...rest] = text.split('\n');
  const head = Head.safeParse(jsonOf(first));
  if (!head.success || head.data.id !== id) return null;
  const lines = rest.filter((line) => line !== '');
  const turns = lines.flatMap((line) => {
    const turn = Turn.safeParse(jsonOf(line));
    return turn.success ? [turn.data] : [];
  });
  // A last line without its end was being written when the daemon or the machine ended.
  const torn = !text.endsWith('\n') && turns.length === lines.length ? 1 : 0;
  return { head: head.data, turns, unreadable: lines.length - turns.length + torn };
}

/** The text of a conversation's file. Pure. */
export function writeSession(head: SessionHead, turns: readonly StoredTurn[]): string {
  return [head, ...turns].map((line) => `${JSON.stringify(line)}\n`).join('');
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // Damage, which the schema then tells.
  }
}
