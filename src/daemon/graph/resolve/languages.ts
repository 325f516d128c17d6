import type { LanguageRules } from './contract.js';
import { cRules } from './languages/c.js';
import { csharpRules } from './languages/csharp.js';
import { elixirRules } from './languages/elixir.js';
import { goRules } from './languages/go.js';
import { haskellRules } from './languages/haskell.js';
import { javascriptRules } from './languages/javascript/rules.js';
import { jvmRules } from './languages/jvm.js';
import { dartRules, elmRules, gdscriptRules, hclRules, plainRules, zigRules } from './languages/others.js';
import { phpRules } from './languages/php.js';
import { placeRules } from './languages/places.js';
import { pythonRules } from './languages/python/rules.js';
import { rubyRules } from './languages/ruby.js';
import { rustRules } from './languages/rust.js';
import { swiftRules } from './languages/swift.js';

const rules = new Map<string, LanguageRules>(placeRules);
const add = (languages: string, shared: LanguageRules) => {
  for (const language of languages.split(' ')) rules.set(language, shared);
};
add('javascript typescript tsx vue svelte', javascriptRules);
add('python', pythonRules);
add('go', goRules);
add('rust', rustRules);
add('c cpp objective-c', cRules);
add('java kotlin scala groovy', jvmRules);
add('csharp fsharp', csharpRules);
add('php', phpRules);
add('ruby', rubyRules);
add('elixir', elixirRules);
add('haskell', haskellRules);
add('swift', swiftRules);
add('zig', zigRules);
add('dart', dartRules);
add('elm', elmRules);
add('gdscript', gdscriptRules);
add('hcl', hclRules);

/** The rules of a language. Those without rules of their own go by paths and names. */
export function rulesOf(language: string): LanguageRules {
  return rules.get(language) ?? plainRules;
}
