import ts from 'typescript-5';

/** Functions and classes that modules export at their top, and methods of those classes: { kind, name (a node) }. */
export function subjectsOf(source) {
  const listed = listedBy(source);
  const found = [];
  const exported = (node, name) =>
    (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export) !== 0 || (name && listed.has(name.text));
  const add = (node, name, value) => {
    if (!name || !ts.isIdentifier(name) || !exported(node, name)) return;
    if (ts.isClassLike(value)) {
      found.push({ kind: 'class', name });
      found.push(...methodsOf(value));
    } else if (ts.isFunctionLike(value)) found.push({ kind: 'function', name });
  };
  for (const statement of source.statements) {
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
      add(statement, statement.name, statement);
    else if (ts.isVariableStatement(statement)) {
      for (const { name, initializer } of statement.declarationList.declarations)
        if (initializer) add(statement, name, initializer);
    }
  }
  // Of overloads one stands for all.
  const names = new Set();
  return found.filter(({ kind, name }) => {
    const key = kind === 'method' ? `${name.parent.parent.pos}.${name.text}` : name.text;
    return !names.has(key) && names.add(key);
  });
}

function methodsOf(node) {
  return node.members
    .filter((member) => ts.isMethodDeclaration(member) && ts.isIdentifier(member.name))
    .filter((member) => (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) === 0)
    .map(({ name }) => ({ kind: 'method', name }));
}

/** Names that `export { a }` and `export default a` of a file list. */
function listedBy(source) {
  const listed = new Set();
  for (const statement of source.statements) {
    if (ts.isExportAssignment(statement) && ts.isIdentifier(statement.expression))
      listed.add(statement.expression.text);
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier) continue;
    if (statement.exportClause && ts.isNamedExports(statement.exportClause)) {
      for (const { name, propertyName } of statement.exportClause.elements)
        listed.add((propertyName ?? name).text);
    }
  }
  return listed;
}

/** Identifiers that refer to something: no declarations, no parts of imports and exports. */
export function* placesIn(source) {
  const todo = [source];
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isImportEqualsDeclaration(node))
      continue;
    if (ts.isIdentifier(node) && !declares(node)) yield node;
    ts.forEachChild(node, (child) => void todo.push(child));
  }
}

function declares(node) {
  const { parent } = node;
  if (ts.isBindingElement(parent)) return node !== parent.initializer;
  if (ts.isPropertyAssignment(parent) || ts.isJsxAttribute(parent)) return parent.name === node;
  if (ts.isShorthandPropertyAssignment(parent) || ts.isExportAssignment(parent)) return false;
  return ts.isDeclaration(parent) && parent.name === node && !ts.isPropertyAccessExpression(parent);
}

/** Names under which imports of a file bring something in that has another name. */
export function* aliasesIn(source) {
  for (const statement of source.statements) {
    const clause = ts.isImportDeclaration(statement) ? statement.importClause : undefined;
    if (clause?.name) yield clause.name.text;
    if (!clause?.namedBindings || !ts.isNamedImports(clause.namedBindings)) continue;
    for (const { name, propertyName } of clause.namedBindings.elements) if (propertyName) yield name.text;
  }
}

/** Whether a name is called: by brackets, `new`, a template, as a decorator or as an element of JSX. */
export function isCalled(name) {
  let node = name;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) node = parent;
  while (ts.isParenthesizedExpression(node.parent) || ts.isNonNullExpression(node.parent)) node = node.parent;
  const around = node.parent;
  if (ts.isCallExpression(around) || ts.isNewExpression(around) || ts.isDecorator(around))
    return around.expression === node;
  if (ts.isTaggedTemplateExpression(around)) return around.tag === node;
  return (ts.isJsxOpeningElement(around) || ts.isJsxSelfClosingElement(around)) && around.tagName === node;
}

/**
 * The definition that code belongs to: the innermost function, method or class around it that has a name, also by the
 * variable, property or key that it is the value of. Null at the top of a file.
 */
export function callerAround(node) {
  for (let at = node.parent; at; at = at.parent) {
    const name = nameOfUnit(at);
    // A class's heritage and decorators, and default values of parameters, belong to it as well.
    if (name && !(name.pos <= node.pos && node.end <= name.end)) return { node: at, name };
  }
  return null;
}

function nameOfUnit(node) {
  if (ts.isConstructorDeclaration(node) && node.body)
    return node.getChildren().find(({ kind }) => kind === ts.SyntaxKind.ConstructorKeyword) ?? null;
  if (ts.isClassLike(node) || (ts.isFunctionLike(node) && 'body' in node))
    return node.name ?? assignedName(node);
  return null;
}

function assignedName(node) {
  let { parent } = node;
  while (
    ts.isParenthesizedExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isSatisfiesExpression(parent)
  )
    parent = parent.parent;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent) || ts.isPropertyAssignment(parent))
    return parent.name;
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken)
    return parent.left;
  return null;
}
