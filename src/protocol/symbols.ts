import { z } from 'zod';
import { Freshness, FreshnessParams, RepoSelector } from './common.js';

const scopeParams = {
  repos: z.array(RepoSelector).max(1000).optional().describe('Only these repositories (default: all).'),
  limit: z.int().min(1).max(10_000).optional().describe('Results wanted (default 40).'),
  ...FreshnessParams,
};

/** A place in a file or a name: exactly one of `file` and `symbol`. */
const subjectParams = {
  file: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe('Absolute path of a file in a registered repository; needs `line`.'),
  line: z.int().min(1).optional().describe('A line of it, from 1.'),
  column: z
    .int()
    .min(1)
    .optional()
    .describe(
      'A column of the line, from 1, in UTF-16 units; without it, what the line defines comes first.',
    ),
  symbol: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe('A name in place of a file; what stands before it may be given too: `Scope.name`.'),
};

const replyParts = {
  notes: z.array(z.string()).describe('What a person should know of this reply, in sentences.'),
  freshness: z.array(Freshness),
  tookMs: z.number().min(0),
};

/** How it is known what a name refers to. */
export const Confidence = z
  .enum(['same-scope', 'imported', 'same-package', 'unique-name', 'ambiguous'])
  .describe(
    'How it is known what a name refers to, the surest first: by its place in the file or class; by an import; by the ' +
      'package; as the only definition of that name; as one of several.',
  );
export type Confidence = z.infer<typeof Confidence>;

/** A definition. */
export const CodeSymbol = z.object({
  repo: z.string(),
  root: z.string(),
  path: z.string().describe('From the root, with forward slashes.'),
  language: z.string(),
  kind: z.string().describe('function, method, class, …'),
  name: z.string(),
  scope: z.string().describe('Enclosing definitions joined by ".", or empty.'),
  exported: z
    .boolean()
    .nullable()
    .describe('Whether other files may use it; null if the language has no such notion.'),
  signature: z.string().describe('The declaration without its body.'),
  doc: z.string().describe('First paragraph of its documentation, or empty.'),
  line: z.int().min(1).describe('Where the name stands.'),
  column: z.int().min(1),
  startLine: z.int().min(1),
  endLine: z.int().min(1),
});
export type CodeSymbol = z.infer<typeof CodeSymbol>;

/** A reference to a symbol. */
export const CodeReference = z.object({
  repo: z.string(),
  root: z.string(),
  path: z.string(),
  line: z.int().min(1),
  column: z.int().min(1),
  kind: z.string().describe('call, type, inherit, import or use.'),
  confidence: Confidence,
  text: z.string().describe('The line.'),
  within: z
    .object({ kind: z.string(), name: z.string(), scope: z.string(), line: z.int().min(1) })
    .nullable()
    .describe('The definition that it stands in; null at the top of a file.'),
});
export type CodeReference = z.infer<typeof CodeReference>;

/** A symbol that calls another one or is called by it. */
export const CodeRelation = z.object({
  repo: z.string(),
  root: z.string(),
  path: z.string(),
  symbol: CodeSymbol.nullable().describe('Null: code at the top of the file.'),
  confidence: Confidence,
  calls: z
    .array(
      z.object({ line: z.int().min(1), column: z.int().min(1), text: z.string(), confidence: Confidence }),
    )
    .describe('Where it calls, in the file of the caller.'),
});
export type CodeRelation = z.infer<typeof CodeRelation>;

export const SymbolsParams = z.object({
  name: z
    .string()
    .min(1)
    .max(1000)
    .describe('A name or a part of one; `Scope.name` looks in scopes of that name.'),
  match: z
    .enum(['exact', 'prefix', 'fuzzy'])
    .optional()
    .describe(
      'How far names may differ: not but for case, by what follows, or by letters in between (default).',
    ),
  kinds: z.array(z.string().max(64)).max(100).optional(),
  languages: z.array(z.string().max(64)).max(100).optional(),
  ...scopeParams,
});
export type SymbolsParams = z.infer<typeof SymbolsParams>;

export const SymbolsResult = z.object({
  symbols: z.array(CodeSymbol).describe('The best first.'),
  total: z.int().min(0).describe('How many there are, shown or not.'),
  ...replyParts,
});
export type SymbolsResult = z.infer<typeof SymbolsResult>;

export const SubjectParams = z.object({ ...subjectParams, ...scopeParams });
export type SubjectParams = z.infer<typeof SubjectParams>;

export const DefinitionResult = z.object({
  symbols: z.array(CodeSymbol),
  confidence: Confidence.nullable().describe(
    'Null if the name was given, or the place is that of the definition.',
  ),
  total: z.int().min(0),
  ...replyParts,
});
export type DefinitionResult = z.infer<typeof DefinitionResult>;

const of = z.array(CodeSymbol).describe('What was asked for.');

const total = z
  .int()
  .min(0)
  .describe('How many there are, shown or not; at least so many where a note says that uses were left out.');

export const ReferencesResult = z.object({
  of,
  references: z.array(CodeReference).describe('By path and place.'),
  total,
  ...replyParts,
});
export type ReferencesResult = z.infer<typeof ReferencesResult>;

export const RelationsResult = z.object({
  of,
  relations: z.array(CodeRelation).describe('The surest first.'),
  total,
  unknown: z.int().min(0).describe('Calls that lead to nothing that is known here; callees only.'),
  ...replyParts,
});
export type RelationsResult = z.infer<typeof RelationsResult>;

const FilePlace = z.object({ repo: z.string(), root: z.string(), path: z.string() });

export const DependenciesParams = z.object({
  file: z.string().min(1).max(4096).describe('Absolute path of a file in a registered repository.'),
  ...scopeParams,
});
export type DependenciesParams = z.infer<typeof DependenciesParams>;

export const DependenciesResult = z.object({
  of: FilePlace,
  imports: z.array(
    z.object({
      line: z.int().min(1),
      specifier: z.string().describe('As written.'),
      names: z.array(z.string()),
      target: z
        .enum(['file', 'external', 'missing', 'outside', 'dynamic'])
        .describe(
          'Files of registered repositories; something external; a file that is not there; one outside of the ' +
            'repository; or known only when it runs.',
        ),
      files: z.array(FilePlace),
      external: z.string().nullable().describe('The name of what is external.'),
      certainty: z
        .enum(['exact', 'convention', 'name'])
        .describe('By the rules of the language, by layouts in common use, or by names that are alike.'),
    }),
  ),
  importedBy: z.array(
    FilePlace.extend({
      line: z.int().min(1),
      specifier: z.string(),
      certainty: z.enum(['exact', 'convention', 'name']),
    }),
  ),
  total: z.int().min(0).describe('How many import it, shown or not.'),
  ...replyParts,
});
export type DependenciesResult = z.infer<typeof DependenciesResult>;
