import { nameOf } from './paths.js';

const names = new Set(
  (
    'package.json pnpm-workspace.yaml lerna.json go.mod go.work Cargo.toml ' +
    'pyproject.toml setup.cfg setup.py composer.json Package.swift pubspec.yaml elm.json build.zig'
  ).split(' '),
);
const patterns = /^([^/]*tsconfig[^/]*\.json|jsconfig[^/]*\.json|[^/]+\.gemspec|requirements[^/]*\.txt)$/;
/** Configurations that others extend, by whatever name, in a package that is there for them; lists of requirements. */
const inFolder = /(^|\/)([^/]*(config|typescript)[^/]*\/[^/]+\.json|requirements\/[^/]+\.txt)$/;

/** Whether resolution reads the text of this file: what a `Project` wants as texts. A few dozen in most repositories. */
export function isProjectFile(path: string): boolean {
  const name = nameOf(path);
  return names.has(name) || patterns.test(name) || inFolder.test(path);
}
