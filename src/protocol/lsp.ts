import { z } from 'zod';

/** Members that LSP adds to the params of requests, and that are not used here, may be there too. */
const Uri = z.string().min(1).max(16_384).describe('A URI, as the client writes it.');

export const Position = z
  .object({
    line: z.int().min(0).describe('From 0.'),
    character: z.int().min(0).describe('From 0, in UTF-16 units.'),
  })
  .describe("LSP's Position.");

export const Range = z
  .object({ start: Position, end: Position })
  .describe("LSP's Range: the end is not part of it.");

export const Location = z.object({ uri: z.string(), range: Range }).describe("LSP's Location.");
export type Location = z.infer<typeof Location>;

/** A place as a client sends it: outside of the text it means the nearest place in it. */
const LoosePosition = z.object({ line: z.int(), character: z.int() });
const TextDocument = z.object({ uri: Uri });
const Version = z.int().nullish().describe('Grows with each change.');

export const DidOpenParams = z.object({
  textDocument: z.object({
    uri: Uri,
    languageId: z
      .string()
      .max(256)
      .nullish()
      .describe('The language of a document that is no file; files have theirs by name and content.'),
    version: Version,
    text: z.string(),
  }),
});

export const DidChangeParams = z.object({
  textDocument: z.object({ uri: Uri, version: Version }),
  contentChanges: z
    .array(
      z.object({
        range: z.object({ start: LoosePosition, end: LoosePosition }).nullish(),
        text: z.string(),
      }),
    )
    .max(100_000)
    .describe('Applied one after the other; one without a range replaces the whole text.'),
});

export const DidSaveParams = z.object({
  textDocument: TextDocument,
  text: z.string().nullish().describe('What was written.'),
});

export const DidCloseParams = z.object({ textDocument: TextDocument });

export const DidViewParams = z.object({
  uri: Uri.describe('URI of a file, open or not.'),
  line: z.int().min(1).nullish().describe('The line in the middle of what is seen, from 1.'),
});

/** Of `window/logMessage` and `window/showMessage`. */
export const MessageParams = z.object({
  type: z.int().min(1).max(4).describe('1 error, 2 warning, 3 information, 4 log.'),
  message: z.string(),
});

/** LSP's SymbolKind: 5 class, 6 method, 12 function, … */
const SymbolKind = z.int().min(1).max(26).describe("LSP's SymbolKind.");

export const SymbolInformation = z
  .object({
    name: z.string(),
    kind: SymbolKind,
    containerName: z.string().optional().describe('The definitions around it.'),
    location: Location,
  })
  .describe("LSP's SymbolInformation.");
export type SymbolInformation = z.infer<typeof SymbolInformation>;

export const DocumentSymbol = z
  .object({
    name: z.string(),
    detail: z.string().optional().describe('The declaration without its body.'),
    kind: SymbolKind,
    range: Range.describe('The whole of it.'),
    selectionRange: Range.describe('Its name.'),
    get children() {
      return z.array(DocumentSymbol).describe('What is defined in it.');
    },
  })
  .describe("LSP's DocumentSymbol.");
export type DocumentSymbol = z.infer<typeof DocumentSymbol>;

export const WorkspaceSymbolParams = z.object({
  query: z.string().max(10_000).describe('A name or a part of one; nothing is found for an empty one.'),
});
export const WorkspaceSymbolResult = z
  .array(SymbolInformation)
  .describe('The best first, at most 200, of all registered repositories.');

export const TextPositionParams = z.object({ textDocument: TextDocument, position: Position });

export const LspDefinitionResult = z
  .array(Location)
  .nullable()
  .describe('Several where it cannot be told which is meant; null: nothing that is known here.');

export const LspReferencesParams = TextPositionParams.extend({
  context: z
    .object({ includeDeclaration: z.boolean().optional() })
    .optional()
    .describe('Whether the definitions come first.'),
});
export const LspReferencesResult = z.array(Location).describe('At most 10000.');

export const DocumentSymbolParams = z.object({ textDocument: TextDocument });
export const DocumentSymbolResult = z
  .array(z.union([DocumentSymbol, SymbolInformation]))
  .describe(
    'DocumentSymbol for clients whose capabilities say hierarchicalDocumentSymbolSupport, else SymbolInformation.',
  );

/** The command that a client runs when its user has accepted a completion; its argument is the completion's id. */
export const completionAccepted = 'lcad.completionAccepted';

export const ExecuteCommandParams = z.object({
  command: z.literal(completionAccepted).describe('Of an item that the daemon gave.'),
  arguments: z.array(z.string().max(64)).length(1).describe('As the item has them.'),
});

/** What the daemon offers LSP clients, in the reply to `initialize`. */
export const lspCapabilities = {
  positionEncoding: 'utf-16',
  textDocumentSync: { openClose: true, change: 2, save: { includeText: false } },
  workspaceSymbolProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentSymbolProvider: true,
  inlineCompletionProvider: true,
  executeCommandProvider: { commands: [completionAccepted] },
};
