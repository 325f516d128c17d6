/** A project that retrieval is evaluated on. None of it may be in the training data. */
export interface EvaluatedProject {
  /** Repository as owner/name, lower case. */
  repository: string;
  /** Names under which packages of any registry, modules and folders hold it; lower case. */
  names: readonly string[];
}

const project = (repository: string, ...names: string[]): EvaluatedProject => ({
  repository,
  names: [...new Set([repository.slice(repository.indexOf('/') + 1), ...names])],
});

/** All of them, with the names that copies of them go by. */
export const evaluatedProjects: readonly EvaluatedProject[] = [
  project('aio-libs/aiohttp'),
  project('fastapi/fastapi', 'python-fastapi'),
  project('pallets/flask', 'python-flask'),
  project('encode/httpx', 'python-httpx'),
  project('minishlab/model2vec'),
  project('pydantic/pydantic', 'python-pydantic'),
  project('psf/requests', 'python-requests'),
  project('encode/starlette'),
  project('axios/axios'),
  project('expressjs/express', 'node-express'),
  project('reduxjs/redux'),
  project('gin-gonic/gin'),
  project('spf13/cobra'),
  project('go-chi/chi'),
  project('google/gson', 'libgoogle-gson-java'),
  project('apache/commons-lang', 'commons-lang3', 'libcommons-lang3-java', 'libcommons-lang-java', 'lang3'),
  project('fasterxml/jackson-databind', 'databind'),
  project('guzzle/guzzle', 'guzzlehttp', 'php-guzzlehttp'),
  project('seldaek/monolog', 'php-monolog'),
  project('laravel/framework', 'laravel', 'illuminate'),
  project('sinatra/sinatra', 'ruby-sinatra'),
  project('rack/rack', 'ruby-rack'),
  project(
    'rails/rails',
    'actionpack',
    'actionview',
    'actionmailer',
    'actioncable',
    'actiontext',
    'actionmailbox',
    'activerecord',
    'activemodel',
    'activesupport',
    'activestorage',
    'activejob',
    'railties',
    'active_support',
    'active_record',
    'active_model',
    'active_job',
    'active_storage',
    'action_dispatch',
    'action_view',
    'action_controller',
    'action_mailer',
    'action_cable',
  ),
  project('tokio-rs/tokio', 'tokio-util', 'tokio-stream', 'tokio-macros', 'tokio-test'),
  project('trpc/trpc', '@trpc/server', '@trpc/client', '@trpc/react-query', '@trpc/next'),
  project('messagepack-csharp/messagepack-csharp', 'messagepack', 'messagepack.csharp'),
  project('ktorio/ktor', 'ktor-server', 'ktor-client'),
  project('typelevel/cats', 'cats-core', 'cats-kernel', 'cats-free'),
  project('alamofire/alamofire'),
  project('pallets/click', 'python-click'),
  project('serde-rs/serde', 'serde_derive', 'serde_core', 'rust-serde'),
  project('colinhacks/zod'),
  project('nlohmann/json', 'nlohmann', 'nlohmann-json', 'nlohmann_json', 'nlohmann-json3'),
  project('phoenixframework/phoenix', 'elixir-phoenix'),
  project('tokio-rs/axum', 'axum-core', 'axum-extra', 'axum-macros'),
  project('vitest-dev/vitest', '@vitest/runner', '@vitest/expect', '@vitest/utils', '@vitest/snapshot'),
  project('jamesnk/newtonsoft.json', 'newtonsoft-json', 'newtonsoft'),
  project('dapperlib/dapper', 'stackexchange/dapper'),
  project('kotlin/kotlinx.coroutines', 'kotlinx-coroutines', 'kotlinx-coroutines-core'),
  project('jetbrains/exposed', 'exposed-core'),
  project('circe/circe', 'circe-core'),
  project('http4s/http4s', 'http4s-core'),
  project('vapor/vapor'),
  project('snapkit/snapkit'),
  project('reactivex/rxswift', 'rxcocoa', 'rxrelay'),
  project('elixir-plug/plug', 'elixir-plug', 'plug_cowboy'),
  project('elixir-ecto/ecto', 'elixir-ecto', 'ecto_sql'),
  project('abseil/abseil-cpp', 'abseil', 'absl'),
  project('fmtlib/fmt', 'fmtlib', 'libfmt'),
  project('curl/curl', 'libcurl'),
  project('redis/redis', 'antirez/redis', 'valkey', 'hiredis'),
  project('libuv/libuv', 'libuv1', 'uv'),
  project('bats-core/bats-core', 'bats', 'sstephenson/bats'),
  project('haskell/aeson', 'haskell-aeson', 'bos/aeson'),
  project('nvim-telescope/telescope.nvim', 'telescope'),
  project('folke/lazy.nvim'),
  project('ziglang/zig'),
  project('nvm-sh/nvm', 'creationix/nvm'),
  project('bash-it/bash-it', 'bash_it'),
  project('jgm/pandoc', 'haskell-pandoc', 'pandoc-types'),
  project('xmonad/xmonad', 'xmonad-contrib'),
  project('nvim-mini/mini.nvim', 'echasnovski/mini.nvim'),
  project('zigtools/zls'),
  project('hejsil/zig-clap'),
  project('clap-rs/clap', 'clap_builder', 'clap_derive', 'clap_lex', 'clap_complete', 'rust-clap'),
];

const generic = new Set(['framework', 'json', 'mini']);
const names = new Map<string, EvaluatedProject>();
const repositories = new Map<string, EvaluatedProject>();
for (const project of evaluatedProjects) {
  repositories.set(project.repository, project);
  for (const name of project.names) {
    if (name.includes('/') && !name.startsWith('@')) repositories.set(name, project);
    else if (!generic.has(name)) names.set(name, project);
  }
}

/**
 * The evaluated project of a package, module or folder name, in any registry's spelling: "Requests", "requests-2.31",
 * "redis_7.0", "@trpc/server", "com.google.gson", "zod@3". Undefined for other names.
 */
export function evaluatedByName(name: string): EvaluatedProject | undefined {
  const plain = name.toLowerCase();
  const found = names.get(plain) ?? names.get(plain.replace(/[-_@]v?\d[\w.+~-]*$/, ''));
  if (found) return found;
  if (plain.startsWith('@')) return names.get(plain.slice(1).split('/', 1)[0] ?? '');
  return plain.startsWith('illuminate-') ? names.get('illuminate') : undefined;
}

/** The evaluated project whose repository a text names as owner/name, in a URL or an import path. */
export function evaluatedByRepository(text: string): EvaluatedProject | undefined {
  for (const [owner] of text.toLowerCase().matchAll(/[\w.-]+\/[\w.@-]+/g)) {
    const found = repositories.get(owner.replace(/\.git$/, ''));
    if (found) return found;
  }
  for (const [, path] of text.toLowerCase().matchAll(/(?:github\.com|gitlab\.com)[/:]([\w.-]+\/[\w.-]+)/g)) {
    const found = repositories.get((path ?? '').replace(/\.git$/, ''));
    if (found) return found;
  }
  return undefined;
}
