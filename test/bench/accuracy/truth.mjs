import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript-5';
import { ModuleResolution } from './modules.mjs';

/** What the TypeScript compiler's language service says of a repository's files. */
export class Truth {
  root;
  #service;
  #program;
  #checker;
  #files;

  /** @param paths files from the root, TypeScript and JavaScript */
  constructor(root, paths) {
    this.root = root;
    this.#files = new Set(paths.map((path) => join(root, path)));
    const modules = new ModuleResolution(root);
    const texts = new Map();
    const textOf = (file) => {
      if (!texts.has(file)) texts.set(file, ts.sys.fileExists(file) ? readFileSync(file, 'utf8') : undefined);
      return texts.get(file);
    };
    const host = {
      getCompilationSettings: () => ModuleResolution.options(),
      getScriptFileNames: () => [...this.#files],
      getScriptVersion: () => '1',
      getScriptSnapshot: (file) => {
        const text = textOf(file);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
      fileExists: (file) => ts.sys.fileExists(file),
      readFile: (file) => textOf(file),
      directoryExists: (folder) => ts.sys.directoryExists(folder),
      getDirectories: () => [],
      resolveModuleNameLiterals: (literals, from) =>
        literals.map(({ text }) => ({ resolvedModule: modules.resolve(text, from) })),
    };
    this.#service = ts.createLanguageService(host, ts.createDocumentRegistry());
    this.#program = this.#service.getProgram();
    this.#checker = this.#program.getTypeChecker();
  }

  /** Source files that are among those given. */
  get sources() {
    return this.#program.getSourceFiles().filter(({ fileName }) => this.#files.has(fileName));
  }

  pathOf(file) {
    return relative(this.root, file);
  }

  /** Path and line of a place in a file. */
  lineOf(file, position) {
    const source = this.#program.getSourceFile(file);
    const { line, character } = source.getLineAndCharacterOfPosition(position);
    return { path: this.pathOf(file), line: line + 1, column: character + 1 };
  }

  /**
   * Where what an identifier refers to is declared: `declared`, the declarations of its symbol, overloads and merged ones
   * among them; and `any`, those and what the service answers for "go to definition", which for a variable that is called
   * is the function that it holds, too. As `path:line:column` of the names; empty if it is not known.
   */
  definitions(node) {
    const file = node.getSourceFile().fileName;
    const declared = new Set();
    for (const declaration of this.declarationsOf(node)) {
      const name = ts.getNameOfDeclaration(declaration) ?? declaration;
      declared.add(this.key(declaration.getSourceFile().fileName, name.getStart()));
    }
    const any = new Set(declared);
    const services = this.#service.getDefinitionAtPosition(file, node.getStart()) ?? [];
    for (const { fileName, textSpan } of services) any.add(this.key(fileName, textSpan.start));
    return { declared, any };
  }

  /** `path:line:column` of a place in a file. */
  key(file, position) {
    const { path, line, column } = this.lineOf(file, position);
    return `${path}:${line}:${column}`;
  }

  /** Declarations of the symbol that an identifier refers to, through imports. */
  declarationsOf(node) {
    const shorthand = ts.isShorthandPropertyAssignment(node.parent)
      ? this.#checker.getShorthandAssignmentValueSymbol(node.parent)
      : undefined;
    let symbol = shorthand ?? this.#checker.getSymbolAtLocation(node);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = this.#checker.getAliasedSymbol(symbol);
    return symbol?.declarations ?? [];
  }

  /** Names that refer to what a name declares, in the given files, as nodes. */
  references(name) {
    const file = name.getSourceFile().fileName;
    const found = this.#service.findReferences(file, name.getStart()) ?? [];
    const nodes = new Map();
    for (const { references } of found) {
      for (const { fileName, textSpan } of references) {
        if (!this.#files.has(fileName)) continue;
        const node = tokenAt(this.#program.getSourceFile(fileName), textSpan.start);
        if (node) nodes.set(`${fileName}:${textSpan.start}`, node);
      }
    }
    return [...nodes.values()];
  }

  /** Whether an identifier refers to what a name declares. The service's references are also those of what it overrides. */
  means(node, name) {
    return this.declarationsOf(node).some((one) => one === name.parent);
  }

  /** The innermost node that begins at a line and column of a file; null if there is none. */
  nodeAt(path, line, column) {
    const source = this.#program.getSourceFile(join(this.root, path));
    if (!source || line > source.getLineStarts().length) return null;
    return tokenAt(source, source.getLineStarts()[line - 1] + column - 1);
  }
}

function tokenAt(source, position) {
  let node = source;
  for (;;) {
    const inner = ts.forEachChild(node, (child) =>
      child.getStart() <= position && position < child.end ? child : undefined,
    );
    if (!inner) return node === source ? null : node;
    node = inner;
  }
}
